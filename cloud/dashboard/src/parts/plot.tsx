import { useComputedColorScheme } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { LoadRow } from "../api/types";
import { clock, day, kw } from "../format";

const colour = (name: string, root: Element): string => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  root.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
};

const withAlpha = (rgb: string, alpha: number) => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);

const AXIS_WIDTH = 46;

/** A time on the axis; midnight is the day that begins. */
function mark(iso: string, timeZone: string | undefined): string {
  const time = clock(iso, timeZone);
  return time === "00:00" ? day(iso, timeZone) : time;
}

type Tip = { left: number; text: string } | null;

function options(root: Element, width: number, height: number, timeZone: string | undefined): uPlot.Options {
  const line = colour("--load", root);
  const axis = {
    stroke: colour("--muted", root),
    font: "12px 'IBM Plex Sans Variable', system-ui, sans-serif",
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    ...(timeZone ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), timeZone) } : {}),
    cursor: { y: false, points: { size: 8 } },
    scales: { y: { range: (_plot, _low, high) => [0, (high || 1) * 1.08] } },
    series: [
      {},
      {
        stroke: line,
        width: 2,
        fill: withAlpha(line, 0.12),
        spanGaps: false,
        points: { show: false },
      },
    ],
    axes: [
      {
        ...axis,
        size: 26,
        space: 64,
        grid: { show: false },
        values: (_plot, splits) => splits.map((s) => mark(new Date(s * 1000).toISOString(), timeZone)),
      },
      { ...axis, size: AXIS_WIDTH, space: 36, grid: { stroke: colour("--line", root), width: 1 } },
    ],
  };
}

type Props = { rows: LoadRow[]; timeZone: string | undefined; height: number; name: string };

export default function Plot({ rows, timeZone, height, name }: Props) {
  const { ref: sized, width } = useElementSize();
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const ref = useMergedRef(sized, setRoot);
  const scheme = useComputedColorScheme("light");
  const [plot, setPlot] = useState<uPlot | null>(null);
  const [tip, setTip] = useState<Tip>(null);
  const shown = useRef(rows);

  useEffect(() => {
    if (!root || width === 0) return;
    const made = new uPlot(options(root, width, height, timeZone), dataOf(shown.current), root);
    made.over.addEventListener("mousemove", () => setTip(tipAt(made, shown.current, timeZone)));
    made.over.addEventListener("mouseleave", () => setTip(null));
    setPlot(made);
    return () => made.destroy();
  }, [root, width, height, timeZone, scheme]);

  useEffect(() => {
    shown.current = rows;
    plot?.setData(dataOf(rows));
  }, [plot, rows]);

  return (
    <figure style={{ margin: 0 }}>
      <div ref={ref} className="chart" style={{ height }}>
        {tip && (
          <div className="chart-tip" style={{ left: tip.left }}>
            {tip.text}
          </div>
        )}
      </div>
      <figcaption className="sr-only">{summary(rows, timeZone, name)}</figcaption>
    </figure>
  );
}

const dataOf = (rows: LoadRow[]): uPlot.AlignedData => [
  rows.map((row) => Date.parse(row.at) / 1000),
  rows.map((row) => row.mean_kw),
];

const TIP_WIDTH = 170;

function tipAt(plot: uPlot, rows: LoadRow[], timeZone: string | undefined): Tip {
  const row = plot.cursor.idx == null ? undefined : rows[plot.cursor.idx];
  if (!row || row.mean_kw === null) return null;
  const left = Math.min(AXIS_WIDTH + (plot.cursor.left ?? 0), plot.width - TIP_WIDTH);
  return { left, text: `${day(row.at, timeZone)}, ${clock(row.at, timeZone)} · ${kw(row.mean_kw)} kW` };
}

function summary(rows: LoadRow[], timeZone: string | undefined, name: string): string {
  const known = rows.filter((row): row is LoadRow & { mean_kw: number } => row.mean_kw !== null);
  const peak = known.reduce((a, b) => (b.mean_kw > a.mean_kw ? b : a));
  return `Load over the last ${name}; the peak was ${kw(peak.mean_kw)} kW on ${day(peak.at, timeZone)} at ${clock(peak.at, timeZone)}.`;
}
