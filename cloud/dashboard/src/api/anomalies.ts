// What the cloud says of anomalies, and what people say of them.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export type AnomalyKind = "stuck" | "spike" | "night_load" | "drift" | "missing" | "phase_imbalance";
export type AnomalyState = "open" | "dismissed" | "confirmed" | "fixed";
export type Verdict = "holiday" | "expected" | "not_an_anomaly" | "confirmed" | "fault_fixed";

export type Anomaly = {
  id: number;
  node: string;
  name: string;
  kind: AnomalyKind;
  state: AnomalyState;
  verdict: Verdict | null;
  start: string;
  end: string | null;
  known_until: string;
  found: string;
  size_kwh: number | null;
  cost: number | null;
  currency: string | null;
  confidence: number;
  sentence: string;
};

export type Said = { at: string; author: string; verdict: Verdict; note: string | null };
export type CourseRow = { start: string; load_kw: number | null; expected_kw: number | null };
export type Course = { resolution_min: number; rows: CourseRow[] };
export type AnomalyInFull = Anomaly & { feedback: Said[]; course: Course };

const PATH = "/api/v1/analytics/anomalies";
const SLOW_MS = 5 * 60_000;
const ALL = "anomalies";

export function useAnomalies(node: string) {
  return useQuery({
    queryKey: [ALL, "of", node],
    queryFn: ({ signal }) => get<{ anomalies: Anomaly[] }>(`${PATH}?${new URLSearchParams({ node })}`, signal),
    refetchInterval: SLOW_MS,
  });
}

export function useAnomaly(id: number) {
  return useQuery({
    queryKey: [ALL, "one", id],
    queryFn: ({ signal }) => get<AnomalyInFull>(`${PATH}/${id}`, signal),
    staleTime: SLOW_MS,
  });
}

/** Says what an anomaly was. */
export function useFeedback(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (said: { verdict: Verdict; note?: string }) =>
      send<AnomalyInFull>("POST", `${PATH}/${id}/feedback`, said),
    onSuccess: () => cache.invalidateQueries({ queryKey: [ALL] }),
  });
}
