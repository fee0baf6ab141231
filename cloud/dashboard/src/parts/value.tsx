// A number with its unit and its age. Absent is "no data", old is said to be old.

import { useEffect, useState } from "react";
import { ago, isStale, kw, NO_DATA } from "../format";

type ValueProps = {
  value: number | null | undefined;
  unit?: string;
  format?: (value: number) => string;
  stale?: boolean;
  size?: "hero" | "large";
  testId?: string;
};

export function Value({ value, unit = "kW", format = kw, stale = false, size, testId }: ValueProps) {
  const classes = ["value", size && `value-${size}`, stale && "stale"].filter(Boolean).join(" ");
  if (value === null || value === undefined) {
    return (
      <span className="value missing" data-testid={testId}>
        {NO_DATA}
      </span>
    );
  }
  return (
    <span className={classes} data-testid={testId} data-value={value}>
      {format(value)}
      {unit && <span className="unit">{unit}</span>}
    </span>
  );
}

/** Seconds since `moment` (ms, this browser's clock), renewed each second. */
function useSecondsSince(moment: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, []);
  return Math.max(0, (now - moment) / 1000);
}

type AgeProps = {
  /** Age of the value when the answer came. [s] */
  age_s: number | null | undefined;
  /** When the answer came, on this browser's clock. [ms] */
  received: number;
  prefix?: string;
};

export function Age({ age_s, received, prefix = "" }: AgeProps) {
  const waited = useSecondsSince(received);
  if (age_s === null || age_s === undefined) {
    return <span className="age stale">no fresh value</span>;
  }
  const age = age_s + waited;
  const stale = isStale(age);
  return (
    <span className={stale ? "age stale" : "age"} title={stale ? "Older than it should be" : undefined}>
      {prefix}
      {ago(age)}
    </span>
  );
}
