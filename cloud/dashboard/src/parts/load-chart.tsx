// Mean load by quarter hour. The drawing library loads when the first chart is shown.

import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useLoadHistory } from "../api/queries";

const Plot = lazy(() => import("./plot"));

type Props = { node: string; timeZone: string | undefined; height?: number };

export function LoadChart({ node, timeZone, height = 220 }: Props) {
  const history = useLoadHistory(node);
  const rows = history.data?.rows ?? [];
  if (history.isPending) return <Skeleton height={height} radius="md" />;
  if (!rows.some((row) => row.mean_kw !== null)) {
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
