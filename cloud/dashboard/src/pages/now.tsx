// The campus at this moment: what it draws, what is saved, what comes next, what is wrong.

import { useEffect, useState } from "react";
import { useOtherSites, useTimeZone } from "../api/places";
import { useFleet, useLiveCampus } from "../api/queries";
import type { LiveCampus } from "../api/types";
import { matters } from "../attention";
import { isStale, one } from "../format";
import { AttentionCard, Card, ForecastCard, MetersCard, SavedCard, SolarCard } from "../parts/cards";
import { Faculties } from "../parts/faculties";
import { Kinds } from "../parts/kinds";
import { LoadChart } from "../parts/load-chart";
import { PageHead } from "../parts/page-head";
import { Sparkline } from "../parts/sparkline";
import { Loaded } from "../parts/states";
import { Age, Value } from "../parts/value";
import { useStreaming } from "../shell";

export function NowPage() {
  const streaming = useStreaming();
  const query = useLiveCampus(streaming);
  return (
    <>
      <PageHead title={query.data?.name ?? "Now"}>
        <span className="dim small">
          <span className={`live-dot ${streaming ? "open" : "polling"}`} />
          {streaming ? "Live" : "Asking every 10 seconds"}
        </span>
      </PageHead>
      <Loaded query={query}>{(live) => <Now live={live} received={query.dataUpdatedAt} />}</Loaded>
    </>
  );
}

function Now({ live, received }: { live: LiveCampus; received: number }) {
  const timeZone = useTimeZone(live.path);
  const { data: fleet } = useFleet();
  const others = useOtherSites(live.path);
  return (
    <>
      {live.simulated && (
        <p className="small" style={{ margin: "0 0 12px" }}>
          <span className="tag warn">Simulated</span> <span className="dim">These values come from simulated meters.</span>
        </p>
      )}
      <div className="grid now-grid">
        <div className="grid main-column">
          <LoadCard live={live} received={received} timeZone={timeZone} />
          <div className="grid stats">
            <SolarCard sites={[live, ...others]} />
            <ScoreCard live={live} />
            <MetersCard meters={live.meters} />
          </div>
          <div className="faculties-part">
            <h2 className="section-title">Faculties</h2>
            <Faculties faculties={live.faculties} received={received} />
          </div>
        </div>
        <div className="grid side">
          <AttentionCard matters={matters(live, fleet)} />
          <SavedCard saved={live.saved} />
          <ForecastCard node={live.path} load_kw={live.load_kw} timeZone={timeZone} />
        </div>
      </div>
    </>
  );
}

const KEPT = 60;

/** The values seen since the page was opened, oldest first. */
function useSeen(at: string | null, load_kw: number | null): number[] {
  const [seen, setSeen] = useState<number[]>([]);
  useEffect(() => {
    if (load_kw !== null) setSeen((before) => [...before, load_kw].slice(-KEPT));
  }, [at, load_kw]);
  return seen;
}

type LoadCardProps = { live: LiveCampus; received: number; timeZone: string | undefined };

function LoadCard({ live, received, timeZone }: LoadCardProps) {
  const seen = useSeen(live.at, live.load_kw);
  return (
    <section className="card load">
      <div className="card-head">
        <h2>Load now</h2>
        <Age age_s={live.age_s} received={received} prefix="measured " />
      </div>
      <div style={{ display: "flex", alignItems: "flex-end", justifyContent: "space-between", gap: 16 }}>
        <Value
          value={live.load_kw}
          size="hero"
          stale={live.load_kw !== null && isStale(live.age_s)}
          testId="campus-load"
        />
        <Sparkline values={seen} label="Load since this page was opened" />
      </div>
      <div style={{ margin: "18px 0 0" }}>
        <Kinds kinds={live.load_by_kind} unmetered_kw={live.unmetered_kw} />
      </div>
      <LoadChart live={live} timeZone={timeZone} height={230} />
    </section>
  );
}

function ScoreCard({ live }: { live: LiveCampus }) {
  return (
    <Card title="Efficiency score">
      <Value value={live.efficiency_score} unit="of 100" format={one} size="large" />
    </Card>
  );
}
