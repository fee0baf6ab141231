// Chooses one of the places down to the buildings.

import { NativeSelect } from "@mantine/core";
import type { TreeNode } from "../api/types";

export const mainSite = (sites: TreeNode[]) => sites.find((site) => site.path === "campus") ?? sites[0];

type Props = { sites: TreeNode[]; path: string | undefined; choose: (path: string) => void };

export function PlaceSelect({ sites, path, choose }: Props) {
  const value = path ?? mainSite(sites)?.path ?? "";
  return (
    <NativeSelect aria-label="Place" value={value} onChange={(event) => choose(event.currentTarget.value)}>
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
