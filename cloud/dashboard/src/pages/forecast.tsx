// What comes: the next 24 hours of one place, how good that is, and its patterns.

import { useLocation } from "wouter";
import { placeOf } from "../api/places";
import { useLiveNode, useTree } from "../api/queries";
import type { Live } from "../api/types";
import { ForecastCard } from "../parts/cards";
import { DayCard } from "../parts/forecast/day-card";
import { ModelsCard } from "../parts/forecast/models-card";
import { PatternsCards } from "../parts/forecast/patterns-cards";
import { QualityCard } from "../parts/forecast/quality-card";
import { PageHead } from "../parts/page-head";
import { mainSite, PlaceSelect } from "../parts/place-select";
import { Loaded, Notice } from "../parts/states";

export function ForecastPage({ path }: { path?: string | undefined }) {
  const tree = useTree();
  const [, go] = useLocation();
  return (
    <>
      <PageHead title="Forecast">
        {tree.data && tree.data.sites.length > 0 && (
          <PlaceSelect sites={tree.data.sites} path={path} choose={(chosen) => go(`/forecast/${chosen}`)} />
        )}
      </PageHead>
      <Loaded query={tree}>
        {({ sites }) => {
          const node = path ? placeOf(sites, path)?.trail.at(-1) : mainSite(sites);
          if (!node || (path && node.path !== path)) return <Notice title="There is no such place">{path}</Notice>;
          const timeZone = placeOf(sites, node.path)?.trail[0]?.timezone;
          return <Forecast key={node.path} node={node.path} timeZone={timeZone} />;
        }}
      </Loaded>
    </>
  );
}

function Forecast({ node, timeZone }: { node: string; timeZone: string | undefined }) {
  const { data: live } = useLiveNode<Live>(node);
  return (
    <>
      <div className="grid forecast-grid">
        <div className="grid main-column">
          <DayCard node={node} timeZone={timeZone} />
          <PatternsCards node={node} />
        </div>
        <div className="grid side">
          <ForecastCard node={node} load_kw={live?.load_kw ?? null} timeZone={timeZone} />
          <QualityCard node={node} />
          <ModelsCard node={node} timeZone={timeZone} />
        </div>
      </div>
    </>
  );
}
