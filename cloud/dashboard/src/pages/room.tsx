// One room: what it draws and why.

import { useTimeZone } from "../api/places";
import { useLiveRoom } from "../api/queries";
import type { LiveRoom, TreeNode } from "../api/types";
import { isStale, one } from "../format";
import { Card, SavedCard } from "../parts/cards";
import { Kinds } from "../parts/kinds";
import { LoadChart } from "../parts/load-chart";
import { PageHead, type Crumb } from "../parts/page-head";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";

type Props = { path: string; building: TreeNode; crumbs: Crumb[] };

export function RoomPage({ path, building, crumbs }: Props) {
  const query = useLiveRoom(path);
  const floorPath = path.slice(0, path.lastIndexOf("/"));
  const floor = floorPath.slice(building.path.length + 1);
  const trail = floor ? [...crumbs, { name: floorName(floor), href: `/node/${floorPath}` }] : crumbs;
  return (
    <>
      <PageHead title={query.data?.name ?? ""} crumbs={trail}>
        {query.data && <State room={query.data} />}
      </PageHead>
      <Loaded query={query}>{(room) => <Room room={room} received={query.dataUpdatedAt} />}</Loaded>
    </>
  );
}

const floorName = (slug: string) => {
  const words = slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function State({ room }: { room: LiveRoom }) {
  return (
    <span style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      {room.occupied !== null && <span className="tag">{room.occupied ? "Occupied" : "Empty"}</span>}
      {room.scheduled !== null && <span className="tag">{room.scheduled ? "Lesson now" : "No lesson now"}</span>}
      {room.setback && <span className="tag saved">Set back</span>}
    </span>
  );
}

function Room({ room, received }: { room: LiveRoom; received: number }) {
  const timeZone = useTimeZone(room.path);
  const stale = isStale(room.age_s);
  return (
    <div className="grid now-grid">
      <section className="card">
        <div className="card-head">
          <h2>Load now</h2>
          <Age age_s={room.age_s} received={received} prefix="measured " />
        </div>
        <Value value={room.load_kw} size="hero" stale={room.load_kw !== null && stale} testId="room-load" />
        <div style={{ margin: "16px 0 10px" }}>
          <Kinds kinds={room.load_by_kind} />
        </div>
        <LoadChart node={room.path} timeZone={timeZone} />
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
