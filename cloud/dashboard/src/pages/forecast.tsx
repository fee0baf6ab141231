// What comes: the next 24 hours of one place, how good that is, and its patterns.

import { useLiveCampus } from "../api/queries";
import { ForecastCard } from "../parts/cards";
import { PageHead } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { useStreaming } from "../shell";
import { useTimeZone } from "../api/places";

export function ForecastPage({ path }: { path?: string | undefined }) {
  const campus = useLiveCampus(useStreaming());
  return (
    <>
      <PageHead title="Forecast" />
      <Loaded query={campus}>{(live) => <Forecast path={path ?? live.path} />}</Loaded>
    </>
  );
}

function Forecast({ path }: { path: string }) {
  return (
    <div className="grid place-grid">
      <ForecastCard node={path} load_kw={null} timeZone={useTimeZone(path)} />
    </div>
  );
}
