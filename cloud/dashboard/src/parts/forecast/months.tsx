// Mean energy of a day, month by month.

import type { Patterns } from "../../api/forecast";
import { kwh, plural } from "../../format";

export function Months({ months }: { months: Patterns["months"] }) {
  const top = Math.max(...months.map((month) => month.kwh_per_day), 1e-9);
  if (months.length === 0) return <p className="dim small">No whole day is known yet.</p>;
  return (
    <>
      <div className="months">
        {months.map(({ month, days, kwh_per_day }) => (
          <div key={month} title={`${nameOf(month, "long")}: ${kwh(kwh_per_day)} kWh a day (${plural(days, "day")})`}>
            <span className="months-bar" style={{ height: `${(100 * Math.max(kwh_per_day, 0)) / top}%` }} />
          </div>
        ))}
      </div>
      <div className="months-names dim small" aria-hidden="true">
        {months.map(({ month }) => (
          <span key={month}>{nameOf(month, "narrow")}</span>
        ))}
      </div>
      <p className="dim small" style={{ margin: "8px 0 0" }}>
        kWh a day, at most {kwh(top)}
        {months.length < 12 && " · a year of data tells the seasons"}
      </p>
    </>
  );
}

function nameOf(month: string, style: "long" | "narrow"): string {
  const at = new Date(`${month}-15T12:00:00Z`);
  return new Intl.DateTimeFormat(undefined, style === "long" ? { month: "long", year: "numeric" } : { month: "narrow" }).format(at);
}
