// A faculty, a zone, or a site beside the campus: its load and what lies under it.

import { useTimeZone } from "../api/places";
import { useLiveNode } from "../api/queries";
import type { Live } from "../api/types";
import { isStale } from "../format";
import { SavedCard, SolarCard } from "../parts/cards";
import { Kinds } from "../parts/kinds";
import { LoadChart } from "../parts/load-chart";
import { NodeRows } from "../parts/node-rows";
import { PageHead, type Crumb } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";

export function PlacePage({ path, crumbs }: { path: string; crumbs: Crumb[] }) {
  const query = useLiveNode<Live>(path);
  const timeZone = useTimeZone(path);
  return (
    <>
      <PageHead title={query.data?.name ?? ""} crumbs={crumbs} />
      <Loaded query={query}>
        {(live) => (
          <div className="grid place-grid">
            <section className="card load">
              <div className="card-head">
                <h2>Load now</h2>
                <Age age_s={live.age_s} received={query.dataUpdatedAt} prefix="measured " />
              </div>
              <Value value={live.load_kw} size="hero" stale={live.load_kw !== null && isStale(live.age_s)} />
              <div style={{ margin: "16px 0" }}>
                <Kinds kinds={live.load_by_kind} unmetered_kw={live.unmetered_kw} />
              </div>
              <LoadChart live={live} timeZone={timeZone} />
            </section>
            <div className="grid side">
              {live.solar_kw !== null && <SolarCard sites={[live]} />}
              {live.children.length > 0 && <section className="card">
                <div className="card-head">
                  <h2>In {live.name}</h2>
                </div>
                <NodeRows nodes={live.children} />
              </section>}
              {live.saved.total_kwh ? <SavedCard saved={live.saved} /> : null}
            </div>
          </div>
        )}
      </Loaded>
    </>
  );
}
