// Places under a place, each with its load as a number and as a share of the largest.

import { Link } from "wouter";
import type { Child } from "../api/types";
import { ago, isStale } from "../format";
import { Value } from "./value";

/** A place with a value that is too old says so. */
function Old({ age_s }: { age_s: number | null }) {
  if (age_s === null || !isStale(age_s)) return null;
  return <span className="age stale"> {ago(age_s)}</span>;
}

export function NodeRows({ nodes, scale_kw }: { nodes: Child[]; scale_kw?: number }) {
  const largest = scale_kw ?? Math.max(...nodes.map((node) => node.load_kw ?? 0), 0.001);
  return (
    <div className="rows">
      {nodes.map((node) => (
        <Link key={node.path} href={`/node/${node.path}`} className="row">
          <span className="name">
            {node.name}
            <Old age_s={node.age_s} />
          </span>
          <Value value={node.load_kw} stale={node.load_kw !== null && isStale(node.age_s)} />
          <span className="bar" aria-hidden="true">
            <span style={{ width: `${(100 * Math.max(0, node.load_kw ?? 0)) / largest}%` }} />
          </span>
        </Link>
      ))}
    </div>
  );
}
