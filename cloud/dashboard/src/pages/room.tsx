// One room: what it draws and why.

import { useTimeZone } from "../api/places";
import { useLiveNode } from "../api/queries";
import type { LiveRoom } from "../api/types";
import { isStale, one } from "../format";
import { Card, SavedCard } from "../parts/cards";
import { Kinds } from "../parts/kinds";
import { LoadChart } from "../parts/load-chart";
import { PageHead, type Crumb } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";

export function RoomPage({ path, crumbs }: { path: string; crumbs: Crumb[] }) {
  const query = useLiveNode<LiveRoom>(path);
  return (
    <>
      <PageHead title={query.data?.name ?? ""} crumbs={crumbs}>
        {query.data && <State room={query.data} />}
      </PageHead>
      <Loaded query={query}>{(room) => <Room room={room} received={query.dataUpdatedAt} />}</Loaded>
    </>
  );
}

function State({ room }: { room: LiveRoom }) {
  return (
    <span style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      {room.occupied !== null && <span className="tag">{room.occupied ? "Occupied" : "Empty"}</span>}
      <span className="tag">{room.scheduled ? "Scheduled now" : "Not scheduled now"}</span>
      {room.setback && <span className="tag saved">Set back</span>}
    </span>
  );
}

function Room({ room, received }: { room: LiveRoom; received: number }) {
  const timeZone = useTimeZone(room.path);
  const stale = isStale(room.age_s);
  return (
    <div className="grid place-grid">
      <section className="card load">
        <div className="card-head">
          <h2>Load now</h2>
          <Age age_s={room.age_s} received={received} prefix="measured " />
        </div>
        <Value value={room.load_kw} size="hero" stale={room.load_kw !== null && stale} testId="room-load" />
        <div style={{ margin: "16px 0 10px" }}>
          <Kinds kinds={room.load_by_kind} />
        </div>
        <LoadChart live={room} timeZone={timeZone} />
      </section>
      <div className="grid side">
        <Card title="Temperature">
          <Value value={room.temperature_c} unit="°C" format={one} size="large" stale={room.temperature_c !== null && stale} />
        </Card>
        <SavedCard saved={room.saved} />
      </div>
    </div>
  );
}
