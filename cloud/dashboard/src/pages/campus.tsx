// All places, from the site to its buildings.

import { useTree, useLiveCampus } from "../api/queries";
import { Link } from "wouter";
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
            <OtherSites shown={live.path} />
          </>
        )}
      </Loaded>
    </>
  );
}

function OtherSites({ shown }: { shown: string }) {
  const { data } = useTree();
  const others = (data?.sites ?? []).filter((site) => site.path !== shown);
  if (others.length === 0) return null;
  return (
    <>
      <h2 className="section-title">Other sites</h2>
      <div className="grid faculties">
        {others.map((site) => (
          <Link key={site.path} href={`/node/${site.path}`} className="card" style={{ textDecoration: "none" }}>
            <strong>{site.name}</strong>
            <div className="dim small">Not part of the campus totals</div>
          </Link>
        ))}
      </div>
    </>
  );
}
