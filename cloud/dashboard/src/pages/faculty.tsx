// A faculty, or a site beside the campus: its load and what lies under it.

import { useTimeZone } from "../api/places";
import { useLiveBuilding } from "../api/queries";
import type { TreeNode } from "../api/types";
import { isStale } from "../format";
import { SavedCard } from "../parts/cards";
import { Kinds } from "../parts/kinds";
import { LoadChart } from "../parts/load-chart";
import { NodeRows } from "../parts/node-rows";
import { PageHead, type Crumb } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";

export function FacultyPage({ node, crumbs }: { node: TreeNode; crumbs: Crumb[] }) {
  const query = useLiveBuilding(node.path);
  const timeZone = useTimeZone(node.path);
  return (
    <>
      <PageHead title={node.name} crumbs={crumbs} />
      <Loaded query={query}>
        {(live) => (
          <div className="grid now-grid">
            <section className="card">
              <div className="card-head">
                <h2>Load now</h2>
                <Age age_s={live.age_s} received={query.dataUpdatedAt} prefix="measured " />
              </div>
              <Value value={live.load_kw} size="hero" stale={live.load_kw !== null && isStale(live.age_s)} />
              <div style={{ margin: "16px 0" }}>
                <Kinds kinds={live.load_by_kind} unmetered_kw={live.unmetered_kw} />
              </div>
              <LoadChart node={node.path} timeZone={timeZone} />
            </section>
            <div className="grid side">
              <section className="card">
                <div className="card-head">
                  <h2>In {node.name}</h2>
                </div>
                <NodeRows nodes={live.children} />
              </section>
              <SavedCard saved={live.saved} />
            </div>
          </div>
        )}
      </Loaded>
    </>
  );
}
