// Where a path lies in the tree of sites, which reaches down to buildings.

import { useLiveNodes, useTree } from "./queries";
import type { Live, TreeNode } from "./types";

export type Place = {
  /** From the site down to the deepest node the tree knows. */
  trail: TreeNode[];
  /** What the path adds below it: floor, room. */
  rest: string[];
};

export function placeOf(sites: TreeNode[], path: string): Place | undefined {
  const trail: TreeNode[] = [];
  let level: TreeNode[] = sites;
  for (;;) {
    const next = level.find((node) => path === node.path || path.startsWith(`${node.path}/`));
    if (!next) break;
    trail.push(next);
    level = next.children;
  }
  const deepest = trail.at(-1);
  if (!deepest) return undefined;
  return { trail, rest: path.slice(deepest.path.length + 1).split("/").filter(Boolean) };
}

/** The zone in which a site reads its clocks. */
export function useTimeZone(path: string): string | undefined {
  const { data } = useTree();
  return placeOf(data?.sites ?? [], path)?.trail[0]?.timezone;
}

/** What the sites beside the campus measure now; empty until they have answered. */
export function useOtherSites(campus: string): Live[] {
  const { data } = useTree();
  const paths = (data?.sites ?? []).map((site) => site.path).filter((path) => path !== campus);
  return useLiveNodes(paths).flatMap((query) => query.data ?? []);
}
