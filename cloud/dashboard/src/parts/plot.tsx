import { useMantineColorScheme } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { LoadRow } from "../api/types";
import { clock, kw } from "../format";

const colour = (name: string, root: Element): string => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  root.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
};

const withAlpha = (rgb: string, alpha: number) => rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);

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
        values: (_plot, splits) => splits.map((s) => clock(new Date(s * 1000).toISOString(), timeZone)),
      },
      { ...axis, size: 46, space: 36, grid: { stroke: colour("--line", root), width: 1 } },
    ],
  };
}

type Props = { rows: LoadRow[]; timeZone: string | undefined; height: number };

export default function Plot({ rows, timeZone, height }: Props) {
  const { ref: sized, width } = useElementSize();
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const ref = useMergedRef(sized, setRoot);
  const { colorScheme } = useMantineColorScheme();
  const [tip, setTip] = useState<Tip>(null);

  useEffect(() => {
    if (!root || width === 0) return;
    const times = rows.map((row) => Date.parse(row.at) / 1000);
    const loads = rows.map((row) => row.mean_kw);
    const plot = new uPlot(options(root, width, height, timeZone), [times, loads], root);
    const onCursor = () => {
      const i = plot.cursor.idx;
      const value = i === null || i === undefined ? null : loads[i];
      const row = i === null || i === undefined ? undefined : rows[i];
      if (!row || value === null || value === undefined) return setTip(null);
      const left = Math.min(Math.max(plot.cursor.left ?? 0, 0), width - 170);
      setTip({ left, text: `${clock(row.at, timeZone)} · ${kw(value)} kW` });
    };
    plot.over.addEventListener("mousemove", onCursor);
    plot.over.addEventListener("mouseleave", () => setTip(null));
    return () => plot.destroy();
  }, [root, rows, width, height, timeZone, colorScheme]);

  return (
    <figure style={{ margin: 0 }}>
      <div ref={ref} className="chart" style={{ height }}>
        {tip && (
          <div className="chart-tip" style={{ left: tip.left + 46 }}>
            {tip.text}
          </div>
        )}
      </div>
      <figcaption className="sr-only">{summary(rows, timeZone)}</figcaption>
    </figure>
  );
}

function summary(rows: LoadRow[], timeZone: string | undefined): string {
  const known = rows.filter((row): row is LoadRow & { mean_kw: number } => row.mean_kw !== null);
  const peak = known.reduce((a, b) => (b.mean_kw > a.mean_kw ? b : a));
  return `Load over the last 24 hours; the peak was ${kw(peak.mean_kw)} kW at ${clock(peak.at, timeZone)}.`;
}
