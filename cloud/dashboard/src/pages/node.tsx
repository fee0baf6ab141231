// One place: which page shows it depends on where its path lies.

import { placeOf, type Place } from "../api/places";
import { useTree } from "../api/queries";
import type { Crumb } from "../parts/page-head";
import { Loaded, Notice } from "../parts/states";
import { BuildingPage } from "./building";
import { FacultyPage } from "./faculty";
import { RoomPage } from "./room";

export function NodePage({ path }: { path: string }) {
  const tree = useTree();
  return (
    <Loaded query={tree}>
      {({ sites }) => {
        const place = placeOf(sites, path);
        if (!place) return <Notice title="There is no such place">{path}</Notice>;
        return <PageOf place={place} path={path} />;
      }}
    </Loaded>
  );
}

const WITHIN = new Set(["site", "faculty"]);

function PageOf({ place, path }: { place: Place; path: string }) {
  const deepest = place.trail.at(-1);
  if (!deepest) return null;
  const crumbs = crumbsTo(place);
  const [floor, room] = place.rest;
  if (room !== undefined) return <RoomPage key={path} path={path} building={deepest} crumbs={crumbs} />;
  if (WITHIN.has(deepest.kind) && floor === undefined) {
    return <FacultyPage key={path} node={deepest} crumbs={crumbs.slice(0, -1)} />;
  }
  return (
    <BuildingPage
      key={deepest.path}
      path={deepest.path}
      floor={floor === undefined ? undefined : path}
      crumbs={crumbs.slice(0, -1)}
    />
  );
}

function crumbsTo(place: Place): Crumb[] {
  return place.trail.map((node, depth) => ({
    name: node.name,
    href: depth === 0 ? "/campus" : `/node/${node.path}`,
  }));
}
