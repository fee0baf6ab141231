// A few lines over equal steps, such as the hours of a day; the pointer reads them.

import { useState, type PointerEvent } from "react";

export type Line = { name: string; colour: string; values: (number | null)[]; dashed?: boolean };

type Props = {
  lines: Line[];
  /** What a place is called, e.g. "14 h". */
  place: (index: number) => string;
  /** Places that are marked below. */
  marks: number[];
  format: (value: number) => string;
  unit: string;
  height?: number;
  label: string;
};

const WIDTH = 1000;
const HEIGHT = 300;

export function Lines({ lines, place, marks, format, unit, height = 150, label }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const count = Math.max(...lines.map((line) => line.values.length));
  const top = Math.max(...lines.flatMap((line) => line.values.filter((v): v is number => v !== null)), 0) * 1.08 || 1;
  const x = (i: number) => (count > 1 ? (i / (count - 1)) * WIDTH : 0);
  const read = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.round(((event.clientX - box.left) / box.width) * (count - 1)));
  };
  return (
    <div className="lines">
      <div className="lines-top dim small">
        <span>
          {format(top / 1.08)} {unit}
        </span>
        {at !== null && <b>{place(Math.min(Math.max(at, 0), count - 1))}</b>}
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        style={{ height }}
        role="img"
        aria-label={label}
        onPointerMove={read}
        onPointerDown={read}
        onPointerLeave={() => setAt(null)}
      >
        <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className="lines-base" />
        {at !== null && <line x1={x(at)} x2={x(at)} y1="0" y2={HEIGHT} className="lines-at" />}
        {lines.map((line) => (
          <path
            key={line.name}
            d={pathOf(line.values, x, top)}
            stroke={line.colour}
            {...(line.dashed ? { strokeDasharray: "5 4" } : {})}
          />
        ))}
      </svg>
      <div className="lines-marks dim small" aria-hidden="true">
        {marks.map((mark) => (
          <span key={mark} style={{ left: `${(100 * x(mark)) / WIDTH}%` }}>
            {place(mark)}
          </span>
        ))}
      </div>
      <ul className="lines-key">
        {lines.map((line) => {
          const value = at === null ? null : (line.values[at] ?? null);
          return (
            <li key={line.name}>
              <span className={line.dashed ? "key-line dashed" : "key-line"} style={{ borderColor: line.colour }} />
              {line.name} {value !== null && <b>{`${format(value)} ${unit}`}</b>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Steps of which nothing is known break the line. */
function pathOf(values: (number | null)[], x: (i: number) => number, top: number): string {
  let isDown = false;
  return values
    .map((value, i) => {
      if (value === null) {
        isDown = false;
        return "";
      }
      const to = `${isDown ? "L" : "M"}${x(i).toFixed(1)} ${(HEIGHT * (1 - Math.max(value, 0) / top)).toFixed(1)}`;
      isDown = true;
      return to;
    })
    .join("");
}
