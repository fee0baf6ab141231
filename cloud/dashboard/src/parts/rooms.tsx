// Rooms as tiles: the stronger the colour, the higher the load.

import { Link } from "wouter";
import type { RoomTile } from "../api/types";
import { ago, isStale, one } from "../format";
import { Value } from "./value";

const HOT_KW = 5;

const TYPES: Record<string, string> = { classroom: "Classrooms", lab: "Labs", staff: "Staff rooms" };

export function RoomGrid({ rooms }: { rooms: RoomTile[] }) {
  const types = [...new Set(rooms.map((room) => room.room_type ?? ""))];
  return (
    <div className="grid" style={{ gap: 18 }}>
      {types.map((type) => (
        <section key={type}>
          <h3 className="section-title" style={{ margin: "0 0 8px", fontSize: 13 }}>
            {TYPES[type] ?? (type || "Rooms")}
          </h3>
          <div className="grid rooms">
            {rooms
              .filter((room) => (room.room_type ?? "") === type)
              .map((room) => (
                <Tile key={room.path} room={room} />
              ))}
          </div>
        </section>
      ))}
    </div>
  );
}

const shortName = (name: string) => name.replace(/^room\s+/i, "");

function Tile({ room }: { room: RoomTile }) {
  const heat = Math.min(100, (100 * (room.load_kw ?? 0)) / HOT_KW);
  return (
    <Link
      href={`/node/${room.path}`}
      className={room.load_kw === null ? "room no-data" : "room"}
      style={{ "--heat": `${heat.toFixed(0)}%` } as React.CSSProperties}
      aria-label={describe(room)}
      title={room.age_s === null ? "No fresh value" : `Measured ${ago(room.age_s)}`}
    >
      <span className="room-name">
        {shortName(room.name)}
        {room.occupied !== null && <span className={room.occupied ? "occupied-dot yes" : "occupied-dot"} />}
      </span>
      <Value value={room.load_kw} stale={room.load_kw !== null && isStale(room.age_s)} />
      <span className="room-foot">
        {room.load_kw !== null && isStale(room.age_s) && <span className="age stale">{ago(room.age_s ?? 0)}</span>}
        {room.temperature_c !== null && <span>{one(room.temperature_c)}°</span>}
        {room.setback && <span className="setback-mark">set back</span>}
      </span>
    </Link>
  );
}

function describe(room: RoomTile): string {
  return [
    room.name,
    room.load_kw === null ? "no data" : `${one(room.load_kw)} kilowatts`,
    room.occupied === null ? null : room.occupied ? "occupied" : "empty",
    room.setback ? "set back" : null,
  ]
    .filter(Boolean)
    .join(", ");
}

export function RoomLegend() {
  return (
    <span className="legend" aria-hidden="true">
      <span>
        <span className="occupied-dot yes" /> occupied
      </span>
      <span>
        <span className="occupied-dot" /> empty
      </span>
      <span className="setback-mark">set back: AC off, light dimmed</span>
    </span>
  );
}
