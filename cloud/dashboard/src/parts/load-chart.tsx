// Mean load by quarter hour. The drawing library loads when the first chart is shown.

import { Skeleton } from "@mantine/core";
import { lazy, Suspense, useMemo } from "react";
import { useLoadHistory } from "../api/queries";
import type { LoadRow } from "../api/types";

const Plot = lazy(() => import("./plot"));

type Measured = { path: string; at: string | null; load_kw: number | null };
type Props = { live: Measured; timeZone: string | undefined; height?: number };

/** The quarter hours so far, and what is measured now as their end. */
function useRows({ path, at, load_kw }: Measured) {
  const history = useLoadHistory(path);
  const rows = useMemo(() => {
    const past = history.data?.rows ?? [];
    const newest = past.at(-1)?.at;
    const isAhead = at !== null && (newest === undefined || Date.parse(at) > Date.parse(newest));
    return withGaps(isAhead ? [...past, { at, mean_kw: load_kw, coverage: null }] : past);
  }, [history.data, at, load_kw]);
  return { history, rows };
}

const STEP_MS = 15 * 60_000;

/** Quarter hours of which nothing is known break the line. */
function withGaps(rows: LoadRow[]): LoadRow[] {
  return rows.flatMap((row, i) => {
    const before = rows[i - 1];
    if (!before || Date.parse(row.at) - Date.parse(before.at) <= 2 * STEP_MS) return [row];
    const missing = new Date(Date.parse(before.at) + STEP_MS).toISOString();
    return [{ at: missing, mean_kw: null, coverage: 0 }, row];
  });
}

export function LoadChart({ live, timeZone, height = 220 }: Props) {
  const { history, rows } = useRows(live);
  if (history.isPending) return <Skeleton height={height} radius="md" />;
  if (rows.filter((row) => row.mean_kw !== null).length < 2) {
    return (
      <p className="dim small" style={{ minHeight: 60, margin: "12px 0 0" }}>
        {history.error
          ? history.error.message
          : "Nothing measured in the last 24 hours yet: the first quarter hour appears when it ends."}
      </p>
    );
  }
  return (
    <Suspense fallback={<Skeleton height={height} radius="md" />}>
      <Plot rows={rows} timeZone={timeZone} height={height} />
    </Suspense>
  );
}
