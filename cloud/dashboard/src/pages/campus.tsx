// All places, from the site to its buildings.

import { Link } from "wouter";
import { useOtherSites } from "../api/places";
import { useLiveCampus } from "../api/queries";
import { NodeRows } from "../parts/node-rows";
import { PageHead } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";
import { useStreaming } from "../shell";
import { Faculties } from "./now";

export function CampusPage() {
  const query = useLiveCampus(useStreaming());
  return (
    <>
      <PageHead title={query.data?.name ?? "Campus"}>
        {query.data && (
          <>
            <Value value={query.data.load_kw} />{" "}
            <Age age_s={query.data.age_s} received={query.dataUpdatedAt} />
          </>
        )}
      </PageHead>
      <Loaded query={query}>
        {(live) => (
          <>
            <Faculties faculties={live.faculties} />
            <OtherSites campus={live.path} />
          </>
        )}
      </Loaded>
    </>
  );
}

function OtherSites({ campus }: { campus: string }) {
  const others = useOtherSites(campus);
  if (others.length === 0) return null;
  return (
    <>
      <h2 className="section-title">Other sites, not part of the campus totals</h2>
      <div className="grid faculties">
        {others.map((site) => (
          <section key={site.path} className="card">
            <div className="card-head" style={{ alignItems: "center" }}>
              <h2 className="card-name">
                <Link href={`/node/${site.path}`}>{site.name}</Link>
              </h2>
              <Value value={site.load_kw} />
            </div>
            <NodeRows nodes={site.children} />
          </section>
        ))}
      </div>
    </>
  );
}
