// A building: its load, its floors, and every room at a glance.

import { SegmentedControl } from "@mantine/core";
import { useLocation } from "wouter";
import { useTimeZone } from "../api/places";
import { useLiveNode } from "../api/queries";
import type { Floor, LiveBuilding } from "../api/types";
import { isStale, plural } from "../format";
import { ForecastCard, SavedCard } from "../parts/cards";
import { Kinds } from "../parts/kinds";
import { LoadChart } from "../parts/load-chart";
import { PageHead, type Crumb } from "../parts/page-head";
import { RoomGrid, RoomLegend } from "../parts/rooms";
import { Loaded, Notice } from "../parts/states";
import { Age, Value } from "../parts/value";

type Props = { path: string; floor: string | undefined; crumbs: Crumb[] };

export function BuildingPage({ path, floor, crumbs }: Props) {
  const query = useLiveNode<LiveBuilding>(path);
  return (
    <>
      <PageHead title={query.data?.name ?? ""} crumbs={crumbs}>
        {query.data && <Setbacks live={query.data} />}
      </PageHead>
      <Loaded query={query}>
        {(live) => <Building live={live} received={query.dataUpdatedAt} floor={floor} />}
      </Loaded>
    </>
  );
}

function Setbacks({ live }: { live: LiveBuilding }) {
  const rooms = live.floors.flatMap((floor) => floor.rooms);
  const setBack = rooms.filter((room) => room.setback).length;
  const occupied = rooms.filter((room) => room.occupied).length;
  return (
    <span style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      <span className="tag">{occupied > 0 ? `${plural(occupied, "room")} occupied` : "All rooms empty"}</span>
      {setBack > 0 && <span className="tag saved">{setBack} set back</span>}
      {live.meters.silent > 0 && <span className="tag warn">{plural(live.meters.silent, "meter")} silent</span>}
    </span>
  );
}

type BuildingProps = { live: LiveBuilding; received: number; floor: string | undefined };

function Building({ live, received, floor }: BuildingProps) {
  const timeZone = useTimeZone(live.path);
  return (
      <div className="grid place-grid">
        <section className="card load">
          <div className="card-head">
            <h2>Load now</h2>
            <Age age_s={live.age_s} received={received} prefix="measured " />
          </div>
          <Value value={live.load_kw} size="hero" stale={live.load_kw !== null && isStale(live.age_s)} />
          <div style={{ margin: "16px 0 10px" }}>
            <Kinds kinds={live.load_by_kind} unmetered_kw={live.unmetered_kw} />
          </div>
          <LoadChart live={live} timeZone={timeZone} height={180} />
        </section>
        <div className="grid side">
          <SavedCard saved={live.saved} />
          <ForecastCard node={live.path} load_kw={live.load_kw} timeZone={timeZone} />
        </div>
        <Floors live={live} floor={floor} received={received} />
      </div>
  );
}

function Floors({ live, floor, received }: { live: LiveBuilding; floor: string | undefined; received: number }) {
  const [, go] = useLocation();
  const shown: Floor | undefined = live.floors.find((one) => one.path === floor) ?? live.floors[0];
  if (!shown) return <Notice title="No floors yet">Rooms appear when their gateway has sent its first readings.</Notice>;
  return (
    <section aria-label="Rooms by floor" className="below">
      <div style={{ display: "flex", flexWrap: "wrap", gap: 12, margin: "8px 0 12px", alignItems: "center" }}>
        <SegmentedControl
          aria-label="Floor"
          value={shown.path}
          onChange={(path) => go(`/node/${path}`, { replace: floor !== undefined })}
          data={live.floors.map((one) => ({ value: one.path, label: one.name }))}
        />
        <span>
          <Value value={shown.load_kw} stale={shown.load_kw !== null && isStale(shown.age_s)} />{" "}
          <Age age_s={shown.age_s} received={received} />
        </span>
        <span style={{ marginLeft: "auto" }}>
          <RoomLegend />
        </span>
      </div>
      <RoomGrid rooms={shown.rooms} />
    </section>
  );
}
