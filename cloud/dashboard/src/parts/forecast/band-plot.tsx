// What was measured, what had been forecast for it, and what is forecast with its 80 % band.

import { useCallback, useMemo } from "react";
import uPlot from "uplot";
import type { ForecastRow, PastRow } from "../../api/forecast";
import { clock, day, kw } from "../../format";
import { Chart, type Paint } from "../chart";

type Props = {
  past: PastRow[];
  rows: ForecastRow[];
  step_min: number;
  timeZone: string | undefined;
  height: number;
};

/** One step of the chart: an hour that is over, or a part of the forecast. */
type Step = {
  at: number;
  measured: number | null;
  earlier: number | null;
  mean: number | null;
  low: number | null;
  high: number | null;
};

export default function BandPlot({ past, rows, step_min, timeZone, height }: Props) {
  const steps = useMemo(() => stepsOf(past, rows, step_min), [past, rows, step_min]);
  const data = useMemo(() => dataOf(steps), [steps]);
  const tip = useCallback((place: number) => tipOf(steps[place], timeZone), [steps, timeZone]);
  return (
    <Chart data={data} draw={draw} tip={tip} timeZone={timeZone} height={height} caption={summary(rows, timeZone)} />
  );
}

function draw(paint: Paint) {
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const line = (stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    stroke,
    width: 2,
    spanGaps: false,
    points: { show: false },
    ...(paths ? { paths } : {}),
    ...more,
  });
  const edge = { width: 0 };
  return {
    series: [
      {},
      line(paint("--load"), { fill: paint("--load", 0.1) }),
      line(paint("--forecast"), { width: 1.5, dash: [4, 4] }),
      line(paint("--forecast")),
      line("transparent", edge),
      line("transparent", edge),
    ],
    bands: [{ series: [5, 4] as uPlot.Band.Bounds, fill: paint("--forecast", 0.2) }],
  };
}

/** Each value stands until the next one begins, so the last is told twice. */
function stepsOf(past: PastRow[], rows: ForecastRow[], step_min: number): Step[] {
  const first = rows[0] ? Date.parse(rows[0].start) : Infinity;
  const over: Step[] = past
    .filter((row) => Date.parse(row.start) < first)
    .map((row) => ({
      ...NOTHING,
      at: Date.parse(row.start) / 1000,
      measured: row.measured_kw,
      earlier: row.forecast?.mean_kw ?? null,
    }));
  const ahead: Step[] = rows.map((row) => ({
    ...NOTHING,
    at: Date.parse(row.start) / 1000,
    mean: row.mean_kw,
    low: row.p10_kw,
    high: row.p90_kw,
  }));
  const lastPast = over.at(-1);
  const joint = ahead[0];
  if (lastPast && joint) Object.assign(joint, { measured: lastPast.measured, earlier: lastPast.earlier });
  const last = ahead.at(-1);
  return last ? [...over, ...ahead, { ...last, at: last.at + step_min * 60 }] : over;
}

const NOTHING = { measured: null, earlier: null, mean: null, low: null, high: null };

const dataOf = (steps: Step[]): uPlot.AlignedData => [
  steps.map((step) => step.at),
  steps.map((step) => step.measured),
  steps.map((step) => step.earlier),
  steps.map((step) => step.mean),
  steps.map((step) => step.low),
  steps.map((step) => step.high),
];

function tipOf(step: Step | undefined, timeZone: string | undefined): string | null {
  if (!step) return null;
  const iso = new Date(step.at * 1000).toISOString();
  const when = `${day(iso, timeZone)}, ${clock(iso, timeZone)}`;
  if (step.mean !== null && step.low !== null && step.high !== null) {
    return `${when} · ${kw(step.mean)} kW (${kw(step.low)}–${kw(step.high)})`;
  }
  if (step.measured === null) return step.earlier === null ? null : `${when} · forecast ${kw(step.earlier)} kW`;
  const said = step.earlier === null ? "" : `, forecast ${kw(step.earlier)}`;
  return `${when} · ${kw(step.measured)} kW${said}`;
}

export function peakOf(rows: ForecastRow[]): ForecastRow | undefined {
  return rows.reduce<ForecastRow | undefined>((a, b) => (a && a.mean_kw >= b.mean_kw ? a : b), undefined);
}

function summary(rows: ForecastRow[], timeZone: string | undefined): string {
  const peak = peakOf(rows);
  if (!peak) return "The last two days; nothing is forecast.";
  return `The next 24 hours; the peak will be ${kw(peak.mean_kw)} kW at ${clock(peak.start, timeZone)}, between ${kw(peak.p10_kw)} and ${kw(peak.p90_kw)} kW.`;
}
