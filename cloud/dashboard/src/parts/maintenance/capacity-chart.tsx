// Bars for the months that were, bands for those to come, a line for the limit.

import { useState } from "react";
import type { Capacity, MonthAhead, MonthPeak } from "../../api/maintenance";
import { kw } from "../../format";

const PAST = 12;
const AHEAD = 12;

export function CapacityChart({ capacity }: { capacity: Capacity }) {
  const [at, setAt] = useState<string | null>(null);
  const { limit_kw } = capacity;
  const past = capacity.months.slice(-PAST);
  const ahead = capacity.ahead.filter(({ month }) => month > (past.at(-1)?.month ?? "")).slice(0, AHEAD);
  const top = 1.06 * Math.max(limit_kw ?? 0, ...past.map((m) => m.peak_kw), ...ahead.map((m) => m.high_kw), 1);
  const shown = [...past, ...ahead].find(({ month }) => month === at);
  return (
    <figure className="capacity">
      <p className="small capacity-at">{shown ? told(shown) : <span className="dim">Monthly peaks, kW</span>}</p>
      <div className="capacity-bars" onPointerLeave={() => setAt(null)}>
        {limit_kw !== null && (
          <div className="capacity-limit" style={{ bottom: share(limit_kw, top) }}>
            <span>{kw(limit_kw)} kW</span>
          </div>
        )}
        {past.map((month) => (
          <div key={month.month} className="capacity-month" onPointerEnter={() => setAt(month.month)}>
            <span
              className={bar(month, limit_kw)}
              style={{ height: share(month.peak_kw, top) }}
            />
          </div>
        ))}
        {ahead.map((month) => (
          <div key={month.month} className="capacity-month" onPointerEnter={() => setAt(month.month)}>
            <span
              className="capacity-band"
              style={{ bottom: share(month.low_kw, top), height: share(month.high_kw - month.low_kw, top) }}
            />
            <span className="capacity-likely" style={{ bottom: share(month.likely_kw, top) }} />
          </div>
        ))}
      </div>
      <div className="capacity-names dim" aria-hidden="true">
        {[...past, ...ahead].map(({ month }) => (
          <span key={month}>{monthName(month, "narrow")}</span>
        ))}
      </div>
      <figcaption className="sr-only">{summary(past, ahead, limit_kw)}</figcaption>
    </figure>
  );
}

const share = (value: number, top: number) => `${(100 * Math.max(value, 0)) / top}%`;

function bar({ peak_kw, is_whole }: MonthPeak, limit_kw: number | null): string {
  const over = limit_kw !== null && peak_kw > limit_kw ? " over" : "";
  return `capacity-bar${is_whole ? "" : " part"}${over}`;
}

function told(month: MonthPeak | MonthAhead): string {
  const name = monthName(month.month, "long");
  if ("peak_kw" in month) return `${name} · ${kw(month.peak_kw)} kW${month.is_whole ? "" : ", not whole"}`;
  const over = month.exceeds_limit === null ? "" : `, ${Math.round(100 * month.exceeds_limit)} % likely over`;
  return `${name} · ${kw(month.likely_kw)} kW (${kw(month.low_kw)}–${kw(month.high_kw)})${over}`;
}

export function monthName(month: string, style: "long" | "narrow"): string {
  const at = new Date(`${month}-15T12:00:00Z`);
  const options = style === "long" ? ({ month: "long", year: "numeric" } as const) : ({ month: "narrow" } as const);
  return new Intl.DateTimeFormat(undefined, options).format(at);
}

function summary(past: MonthPeak[], ahead: MonthAhead[], limit_kw: number | null): string {
  const peak = past.reduce((a, b) => (b.peak_kw > a.peak_kw ? b : a));
  const last = ahead.at(-1);
  const limit = limit_kw === null ? "" : `; the limit is ${kw(limit_kw)} kW`;
  const then = last ? `; ${monthName(last.month, "long")} will be between ${kw(last.low_kw)} and ${kw(last.high_kw)} kW` : "";
  return `The highest peak was ${kw(peak.peak_kw)} kW in ${monthName(peak.month, "long")}${limit}${then}.`;
}
