// Mean load over time. The drawing library loads when the first chart is shown.

import { SegmentedControl, Skeleton } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { RANGES, useLoadHistory, type RangeName } from "../api/queries";
import type { LoadRow } from "../api/types";

const Plot = lazy(() => import("./plot"));

type Measured = { path: string; at: string | null; load_kw: number | null };
type Props = { live: Measured; timeZone: string | undefined; height?: number };

const CHOICES = Object.entries(RANGES).map(([value, { name }]) => ({ value, label: name }));

export function LoadChart({ live, timeZone, height = 220 }: Props) {
  const [range, setRange] = useState<RangeName>("day");
  return (
    <div className="history">
      <div className="history-head">
        <h3 className="section-title">Load, kW</h3>
        <SegmentedControl
          size="xs"
          aria-label="Span of the chart"
          value={range}
          onChange={(value) => setRange(value as RangeName)}
          data={CHOICES}
        />
      </div>
      <History live={live} range={range} timeZone={timeZone} height={height} />
    </div>
  );
}

type HistoryProps = { live: Measured; range: RangeName; timeZone: string | undefined; height: number };

function History({ live, range, timeZone, height }: HistoryProps) {
  const { history, rows } = useRows(live, range);
  if (history.isPending) return <Skeleton height={height} radius="md" />;
  if (rows.filter((row) => row.mean_kw !== null).length < 2) {
    return (
      <p className="dim small" style={{ minHeight: 60, margin: "8px 0 0" }}>
        {history.error
          ? history.error.message
          : "No history yet: the first quarter hour appears soon after it ends."}
      </p>
    );
  }
  return (
    <Suspense fallback={<Skeleton height={height} radius="md" />}>
      <Plot rows={rows} timeZone={timeZone} height={height} name={RANGES[range].name} />
    </Suspense>
  );
}

/** The history so far, and what is measured now as its end. */
function useRows({ path, at, load_kw }: Measured, range: RangeName) {
  const history = useLoadHistory(path, range);
  const rows = useMemo(() => {
    const past = history.data?.rows ?? [];
    const newest = past.at(-1)?.at;
    const isAhead = at !== null && (newest === undefined || Date.parse(at) > Date.parse(newest));
    const all = isAhead ? [...past, { at, mean_kw: load_kw, coverage: null }] : past;
    return withGaps(all, RANGES[range].step_min * 60_000);
  }, [history.data, range, at, load_kw]);
  return { history, rows };
}

/** Steps of which nothing is known break the line. */
function withGaps(rows: LoadRow[], step_ms: number): LoadRow[] {
  return rows.flatMap((row, i) => {
    const before = rows[i - 1];
    if (!before || Date.parse(row.at) - Date.parse(before.at) <= 2 * step_ms) return [row];
    const missing = new Date(Date.parse(before.at) + step_ms).toISOString();
    return [{ at: missing, mean_kw: null, coverage: 0 }, row];
  });
}
