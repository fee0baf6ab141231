// All places, from the sites to their buildings.

import { useOtherSites } from "../api/places";
import { useLiveCampus } from "../api/queries";
import { Faculties, Group } from "../parts/faculties";
import { PageHead } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";
import { useStreaming } from "../shell";

export function CampusPage() {
  const query = useLiveCampus(useStreaming());
  const received = query.dataUpdatedAt;
  return (
    <>
      <PageHead title={query.data?.name ?? "Campus"}>
        {query.data && (
          <>
            <Value value={query.data.load_kw} /> <Age age_s={query.data.age_s} received={received} />
          </>
        )}
      </PageHead>
      <Loaded query={query}>
        {(live) => (
          <>
            <Faculties faculties={live.faculties} received={received} />
            <OtherSites campus={live.path} received={received} />
          </>
        )}
      </Loaded>
    </>
  );
}

function OtherSites({ campus, received }: { campus: string; received: number }) {
  const others = useOtherSites(campus);
  if (others.length === 0) return null;
  return (
    <>
      <h2 className="section-title">Other sites, not part of the campus totals</h2>
      <div className="grid faculties">
        {others.map((site) => (
          <Group key={site.path} place={site} below={site.children} received={received} />
        ))}
      </div>
    </>
  );
}
