// A chart over time: axes, clock of the site, colours by meaning, and what lies under the pointer.

import { useComputedColorScheme } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock, day } from "../format";

const AXIS_WIDTH = 46;
const TIP_WIDTH = 190;

export type Paint = (name: string, alpha?: number) => string;

type Drawn = { series: uPlot.Series[]; bands?: uPlot.Band[] };

type Props = {
  data: uPlot.AlignedData;
  /** How each row of the data is drawn; the first one is time. Must not change between renders. */
  draw: (paint: Paint) => Drawn;
  /** What is told of the place under the pointer. */
  tip: (place: number) => string | null;
  timeZone: string | undefined;
  height: number;
  /** Said instead of the chart. */
  caption: string;
};

type Tip = { left: number; text: string } | null;

export function Chart({ data, draw, tip, timeZone, height, caption }: Props) {
  const { ref: sized, width } = useElementSize();
  const [root, setRoot] = useState<HTMLDivElement | null>(null);
  const ref = useMergedRef(sized, setRoot);
  const scheme = useComputedColorScheme("light");
  const [plot, setPlot] = useState<uPlot | null>(null);
  const [shownTip, setTip] = useState<Tip>(null);
  const shown = useRef({ data, tip });

  useEffect(() => {
    if (!root || width === 0) return;
    const drawn = draw((name, alpha) => colour(name, root, alpha));
    const made = new uPlot({ ...frame(root, width, height, timeZone), ...drawn }, shown.current.data, root);
    made.over.addEventListener("mousemove", () => setTip(tipAt(made, shown.current.tip)));
    made.over.addEventListener("mouseleave", () => setTip(null));
    setPlot(made);
    return () => made.destroy();
  }, [root, width, height, timeZone, scheme, draw]);

  useEffect(() => {
    shown.current = { data, tip };
    plot?.setData(data);
  }, [plot, data, tip]);

  return (
    <figure style={{ margin: 0 }}>
      <div ref={ref} className="chart" style={{ height }}>
        {shownTip && (
          <div className="chart-tip" style={{ left: shownTip.left }}>
            {shownTip.text}
          </div>
        )}
      </div>
      <figcaption className="sr-only">{caption}</figcaption>
    </figure>
  );
}

function tipAt(plot: uPlot, tip: (place: number) => string | null): Tip {
  const text = plot.cursor.idx == null ? null : tip(plot.cursor.idx);
  if (text === null) return null;
  return { left: Math.min(AXIS_WIDTH + (plot.cursor.left ?? 0), plot.width - TIP_WIDTH), text };
}

function colour(name: string, root: Element, alpha?: number): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  root.append(probe);
  const rgb = getComputedStyle(probe).color;
  probe.remove();
  return alpha === undefined ? rgb : rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** A time on the axis; midnight is the day that begins. */
function mark(iso: string, timeZone: string | undefined): string {
  const time = clock(iso, timeZone);
  return time === "00:00" ? day(iso, timeZone) : time;
}

function frame(
  root: Element,
  width: number,
  height: number,
  timeZone: string | undefined,
): Omit<uPlot.Options, "series"> {
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
    scales: { y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.08] } },
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
