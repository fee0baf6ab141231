// Cards of the places right under a site, each with what lies below it.

import { Link } from "wouter";
import type { Child, Faculty } from "../api/types";
import { isStale } from "../format";
import { NodeRows } from "./node-rows";
import { Notice } from "./states";
import { Age, Value } from "./value";

type GroupProps = { place: Child; below: Child[]; received: number; scale_kw?: number };

export function Group({ place, below, received, scale_kw }: GroupProps) {
  return (
    <section className="card">
      <div className="card-head" style={{ marginBottom: 2 }}>
        <h2 className="card-name">
          <Link href={`/node/${place.path}`}>{place.name}</Link>
        </h2>
        {place.load_kw !== null && <Age age_s={place.age_s} received={received} />}
      </div>
      <Value value={place.load_kw} size="large" stale={place.load_kw !== null && isStale(place.age_s)} />
      <NodeRows nodes={below} {...(scale_kw ? { scale_kw } : {})} />
    </section>
  );
}

export function Faculties({ faculties, received }: { faculties: Faculty[]; received: number }) {
  if (faculties.length === 0) {
    return (
      <Notice title="No faculties yet">
        Import the campus file, then register the first gateway: its building appears here.
      </Notice>
    );
  }
  const largest = Math.max(...faculties.flatMap((f) => f.buildings.map((b) => b.load_kw ?? 0)), 0.001);
  return (
    <div className="grid faculties">
      {faculties.map((faculty) => (
        <Group
          key={faculty.path}
          place={faculty}
          below={faculty.buildings}
          received={received}
          scale_kw={largest}
        />
      ))}
    </div>
  );
}
