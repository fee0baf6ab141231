// Mean load over time, as one line.

import { useCallback, useMemo } from "react";
import type uPlot from "uplot";
import type { LoadRow } from "../api/types";
import { clock, day, kw } from "../format";
import { Chart, type Paint } from "./chart";

type Props = { rows: LoadRow[]; timeZone: string | undefined; height: number; name: string };

export default function Plot({ rows, timeZone, height, name }: Props) {
  const data = useMemo(() => dataOf(rows), [rows]);
  const tip = useCallback((place: number) => tipOf(rows[place], timeZone), [rows, timeZone]);
  return (
    <Chart data={data} draw={draw} tip={tip} timeZone={timeZone} height={height} caption={summary(rows, timeZone, name)} />
  );
}

function draw(paint: Paint) {
  const line = { stroke: paint("--load"), fill: paint("--load", 0.12), width: 2 };
  return { series: [{}, { ...line, spanGaps: false, points: { show: false } }] };
}

const dataOf = (rows: LoadRow[]): uPlot.AlignedData => [
  rows.map((row) => Date.parse(row.at) / 1000),
  rows.map((row) => row.mean_kw),
];

function tipOf(row: LoadRow | undefined, timeZone: string | undefined): string | null {
  if (!row || row.mean_kw === null) return null;
  return `${day(row.at, timeZone)}, ${clock(row.at, timeZone)} · ${kw(row.mean_kw)} kW`;
}

function summary(rows: LoadRow[], timeZone: string | undefined, name: string): string {
  const known = rows.filter((row): row is LoadRow & { mean_kw: number } => row.mean_kw !== null);
  const peak = known.reduce((a, b) => (b.mean_kw > a.mean_kw ? b : a));
  return `Load over the last ${name}; the peak was ${kw(peak.mean_kw)} kW on ${day(peak.at, timeZone)} at ${clock(peak.at, timeZone)}.`;
}
