// Each day against its baseline, the median of the last days, and the threshold.

import { useCallback, useMemo } from "react";
import type uPlot from "uplot";
import type { Evidence, EvidenceDay } from "../../api/maintenance";
import { day, kwh, one } from "../../format";
import { Chart, type Paint } from "../chart";

type Props = { evidence: Evidence; start: string; timeZone: string | undefined; height: number };

const NOON = "T12:00:00Z";

export default function EvidencePlot({ evidence, start, timeZone, height }: Props) {
  const { series, threshold_percent } = evidence;
  const data = useMemo((): uPlot.AlignedData => {
    const since = Date.parse(start);
    return [
      series.map((seen) => at(seen) / 1000),
      series.map((seen) => (at(seen) < since ? seen.change_percent : null)),
      series.map((seen) => (at(seen) >= since ? seen.change_percent : null)),
      series.map((seen) => seen.level_percent),
      series.map(() => threshold_percent),
    ];
  }, [series, start, threshold_percent]);
  const tip = useCallback((place: number) => tipOf(series[place], timeZone), [series, timeZone]);
  return (
    <Chart data={data} draw={draw} tip={tip} timeZone={timeZone} height={height} caption={summary(evidence, start, timeZone)} />
  );
}

const at = (seen: EvidenceDay) => Date.parse(seen.date + NOON);

function draw(paint: Paint) {
  const dots = (name: string): uPlot.Series => ({
    stroke: "transparent",
    width: 0,
    points: { show: true, size: 4, fill: paint(name, 0.65), stroke: "transparent" },
  });
  return {
    series: [
      {},
      dots("--faint"),
      dots("--bad"),
      { stroke: paint("--bad"), width: 2, spanGaps: true, points: { show: false } },
      { stroke: paint("--warn"), width: 1.5, dash: [5, 4], points: { show: false } },
    ],
  };
}

function tipOf(seen: EvidenceDay | undefined, timeZone: string | undefined): string | null {
  if (!seen || seen.change_percent === null || seen.measured_kwh === null || seen.expected_kwh === null) return null;
  const when = day(seen.date + NOON, timeZone);
  return `${when} · ${kwh(seen.measured_kwh)} kWh, expected ${kwh(seen.expected_kwh)}`;
}

function summary({ series, threshold_percent }: Evidence, start: string, timeZone: string | undefined): string {
  const last = series.findLast((seen) => seen.level_percent !== null);
  if (!last || last.level_percent === null) return "Too few days tell.";
  return `Since ${day(start, timeZone)} it has become ${one(last.level_percent)} % worse; at ${one(threshold_percent)} % something has to be done.`;
}
