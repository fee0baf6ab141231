// The hours of a week as a field of tones; the pointer reads them.

import { useState } from "react";
import type { Patterns } from "../../api/forecast";
import { kw } from "../../format";

type Read = { weekday: string; hour: number; kw: number } | null;

export function Week({ week }: { week: Patterns["week"] }) {
  const [read, setRead] = useState<Read>(null);
  const top = Math.max(...week.flatMap((day) => day.hours.map((value) => value ?? 0)), 1e-9);
  return (
    <div className="week" role="img" aria-label="Mean load of each hour of the week">
      {week.map(({ weekday, hours }) => (
        <div key={weekday} className="week-row">
          <span className="dim small">{weekday.slice(0, 3)}</span>
          {hours.map((value, hour) => (
            <span
              key={hour}
              className={value === null ? "cell none" : "cell"}
              style={value === null ? {} : { opacity: 0.08 + (0.92 * Math.max(value, 0)) / top }}
              onPointerEnter={() => setRead(value === null ? null : { weekday, hour, kw: value })}
              onPointerLeave={() => setRead(null)}
            />
          ))}
        </div>
      ))}
      <div className="week-row dim small" aria-hidden="true">
        <span />
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour} style={{ gridColumn: `${hour + 2} / span 6` }}>
            {hour} h
          </span>
        ))}
      </div>
      <p className="dim small" style={{ margin: "8px 0 0" }}>
        {read ? (
          <>
            {read.weekday}, {read.hour} h: <b>{kw(read.kw)} kW</b>
          </>
        ) : (
          <>The strongest tone is {kw(top)} kW</>
        )}
      </p>
    </div>
  );
}
