// One place: which page shows it depends on where its path lies.

import { placeOf, type Place } from "../api/places";
import { useTree } from "../api/queries";
import type { Crumb } from "../parts/page-head";
import { Loaded, Notice } from "../parts/states";
import { BuildingPage } from "./building";
import { PlacePage } from "./place";
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

function PageOf({ place, path }: { place: Place; path: string }) {
  const crumbs = crumbsTo(place);
  const deepest = place.trail.at(-1);
  if (deepest?.kind !== "building") return <PlacePage key={path} path={path} crumbs={crumbs} />;
  if (place.rest.length > 1) return <RoomPage key={path} path={path} crumbs={crumbs} />;
  const floor = place.rest.length === 1 ? path : undefined;
  const above = crumbs.slice(0, place.trail.length - 1);
  return <BuildingPage key={deepest.path} path={deepest.path} floor={floor} crumbs={above} />;
}

const inWords = (slug: string) => slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll("-", " ");

/** Everything above the place; a site leads to the page of all sites. */
function crumbsTo({ trail, rest }: Place): Crumb[] {
  const known = trail.map((node, depth) => ({
    name: node.name,
    href: depth === 0 ? siteHref(node.path) : `/node/${node.path}`,
  }));
  const from = trail.at(-1)?.path ?? "";
  const below = rest.map((slug, i) => ({
    name: inWords(slug),
    href: `/node/${[from, ...rest.slice(0, i + 1)].join("/")}`,
  }));
  return [...known, ...below].slice(0, -1);
}

const siteHref = (path: string) => (path === "campus" ? "/campus" : `/node/${path}`);
