// What comes: the next 24 hours of one place, how good that is, and its patterns.

import { NativeSelect } from "@mantine/core";
import { useLocation } from "wouter";
import { placeOf } from "../api/places";
import { useLiveNode, useTree } from "../api/queries";
import type { Live, TreeNode } from "../api/types";
import { ForecastCard } from "../parts/cards";
import { DayCard } from "../parts/forecast/day-card";
import { ModelsCard } from "../parts/forecast/models-card";
import { PatternsCards } from "../parts/forecast/patterns-cards";
import { QualityCard } from "../parts/forecast/quality-card";
import { PageHead } from "../parts/page-head";
import { Loaded, Notice } from "../parts/states";

export function ForecastPage({ path }: { path?: string | undefined }) {
  const tree = useTree();
  return (
    <>
      <PageHead title="Forecast">
        {tree.data && tree.data.sites.length > 0 && <Places sites={tree.data.sites} path={path} />}
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

const mainSite = (sites: TreeNode[]) => sites.find((site) => site.path === "campus") ?? sites[0];

function Places({ sites, path }: { sites: TreeNode[]; path: string | undefined }) {
  const [, go] = useLocation();
  const value = path ?? mainSite(sites)?.path ?? "";
  return (
    <NativeSelect aria-label="Place" value={value} onChange={(event) => go(`/forecast/${event.currentTarget.value}`)}>
      {sites.map((site) => (
        <Options key={site.path} node={site} depth={0} />
      ))}
    </NativeSelect>
  );
}

const INDENT = "\u2003";

function Options({ node, depth }: { node: TreeNode; depth: number }) {
  return (
    <>
      <option value={node.path}>{INDENT.repeat(depth) + node.name}</option>
      {node.children.map((child) => (
        <Options key={child.path} node={child} depth={depth + 1} />
      ))}
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
