// The load around an anomaly beside what was expected, the anomaly itself shaded.

import { useCallback, useMemo } from "react";
import type uPlot from "uplot";
import type { Anomaly, Course, CourseRow } from "../../api/anomalies";
import { clock, day, kw } from "../../format";
import { Chart, type Paint } from "../chart";

type Props = { course: Course; anomaly: Anomaly; timeZone: string | undefined; height: number };

const DAY_MIN = 1440;

export default function CoursePlot({ course, anomaly, timeZone, height }: Props) {
  const { rows, resolution_min } = course;
  const data = useMemo((): uPlot.AlignedData => {
    const [from, to] = [Date.parse(anomaly.start), Date.parse(anomaly.end ?? anomaly.known_until)];
    const isInside = (row: CourseRow) => Date.parse(row.start) >= from && Date.parse(row.start) < to;
    return [
      rows.map((row) => Date.parse(row.start) / 1000),
      rows.map((row) => row.expected_kw),
      rows.map((row) => row.load_kw),
      rows.map((row) => (isInside(row) ? row.load_kw : null)),
    ];
  }, [rows, anomaly.start, anomaly.end, anomaly.known_until]);
  const isDaily = resolution_min === DAY_MIN;
  const tip = useCallback((place: number) => tipOf(rows[place], isDaily, timeZone), [rows, isDaily, timeZone]);
  return (
    <Chart data={data} draw={draw} tip={tip} timeZone={timeZone} height={height} caption={`Measured and expected load: ${anomaly.sentence}`} />
  );
}

function draw(paint: Paint) {
  const line = (name: string, width: number): uPlot.Series => ({
    stroke: paint(name),
    width,
    spanGaps: false,
    points: { show: false },
  });
  return {
    series: [
      {},
      { ...line("--forecast", 1.5), dash: [5, 4] },
      line("--load", 1.5),
      { ...line("--bad", 2.5), fill: paint("--bad", 0.1) },
    ],
  };
}

function tipOf(row: CourseRow | undefined, isDaily: boolean, timeZone: string | undefined): string | null {
  if (!row) return null;
  const when = isDaily ? day(row.start, timeZone) : `${day(row.start, timeZone)}, ${clock(row.start, timeZone)}`;
  const measured = row.load_kw === null ? "no reading" : `${kw(row.load_kw)} kW`;
  return row.expected_kw === null ? `${when} · ${measured}` : `${when} · ${measured}, expected ${kw(row.expected_kw)}`;
}
