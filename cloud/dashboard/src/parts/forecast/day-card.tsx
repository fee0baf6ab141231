// The next 24 hours beside the last two days.

import { SegmentedControl, Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useDayAhead, usePast, type DayAhead, type Grid } from "../../api/forecast";
import { clock, kw } from "../../format";
import { Value } from "../value";

const BandPlot = lazy(() => import("./band-plot"));

const GRIDS = [
  { value: "hour", label: "Hours" },
  { value: "quarter", label: "Quarters" },
];
const SOURCES = {
  gateway: ["good", "Made by its gateway"],
  cloud: ["good", "Made by the cloud"],
  naive: ["warn", "Naive forecast"],
} as const;
const HEIGHT = 260;

type Props = { node: string; timeZone: string | undefined };

export function DayCard({ node, timeZone }: Props) {
  const [grid, setGrid] = useState<Grid>("hour");
  const query = useDayAhead(node, grid);
  const past = usePast(node);
  const made = query.data?.day;
  return (
    <section className="card load">
      <div className="card-head" style={{ alignItems: "center" }}>
        <h2>Next 24 hours</h2>
        <SegmentedControl
          size="xs"
          aria-label="Steps of the forecast"
          value={grid}
          onChange={(value) => setGrid(value as Grid)}
          data={GRIDS}
        />
      </div>
      {query.isPending && <Skeleton height={HEIGHT} radius="md" />}
      {query.error && <p className="dim small">{query.error.message}</p>}
      {query.data && !made && (
        <>
          <Value value={null} />
          <p className="dim small">No forecast: {query.data.why_none}.</p>
        </>
      )}
      {made && (
        <>
          <Peak day={made} timeZone={timeZone} />
          <Suspense fallback={<Skeleton height={HEIGHT} radius="md" />}>
            <BandPlot
              past={past.data?.rows ?? []}
              rows={made.rows}
              step_min={made.grid_min}
              timeZone={timeZone}
              height={HEIGHT}
            />
          </Suspense>
          <Key day={made} />
        </>
      )}
    </section>
  );
}

function Peak({ day, timeZone }: { day: DayAhead; timeZone: string | undefined }) {
  const peak = day.rows.reduce((a, b) => (b.mean_kw > a.mean_kw ? b : a));
  const kwh = (day.rows.reduce((sum, row) => sum + row.mean_kw, 0) * day.grid_min) / 60;
  return (
    <p style={{ margin: "0 0 10px" }}>
      <Value value={peak.mean_kw} size="large" />{" "}
      <span className="dim small">
        at {clock(peak.start, timeZone)}, the highest; {Math.round(day.level * 100)} % likely between{" "}
        <b>{kw(peak.p10_kw)}</b> and <b>{kw(peak.p90_kw)}</b> kW. In all {kw(kwh)} kWh.
      </span>
    </p>
  );
}

function Key({ day }: { day: DayAhead }) {
  const [tone, said] = SOURCES[day.source];
  return (
    <>
      <ul className="lines-key">
        <li>
          <span className="key-line" style={{ borderColor: "var(--load)" }} />
          Measured
        </li>
        <li>
          <span className="key-line dashed" style={{ borderColor: "var(--forecast)" }} />
          Forecast a day before
        </li>
        <li>
          <span className="key-line" style={{ borderColor: "var(--forecast)" }} />
          Forecast, with its {Math.round(day.level * 100)} % band
        </li>
      </ul>
      <p className="small" style={{ margin: "10px 0 0" }}>
        <span className={`tag ${tone}`}>{said}</span> <span className="dim">{day.why_naive}</span>
      </p>
    </>
  );
}
