// What the cloud says of assets, their findings and the capacity of connections.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export type AssetKind = "hvac" | "pv" | "battery";

export type Figure = { name: string; unit: string; before: number | null; after: number | null };

export type Asset = {
  asset: string;
  node: string;
  kind: AssetKind;
  name: string;
  examined: string | null;
  judged_days: number;
  why_none: string | null;
  condition: Figure[];
  open_findings: number;
};

export type Finding = {
  id: number;
  asset: string;
  node: string;
  name: string;
  asset_kind: AssetKind;
  kind: "cop" | "electricity" | "soiling" | "output_lost" | "capacity" | "efficiency";
  state: "open" | "over" | "dismissed";
  start: string;
  found: string;
  end: string | null;
  change_percent: number;
  days_until: { likely: number | null; earliest: number | null; latest: number | null };
  confidence: number;
  sentence: string;
  advice: string;
};

export type EvidenceDay = {
  date: string;
  measured_kwh: number | null;
  expected_kwh: number | null;
  change_percent: number | null;
  level_percent: number | null;
};

export type Evidence = {
  figures: Figure[];
  days: number;
  baseline_days: number;
  threshold_percent: number;
  series: EvidenceDay[];
};

export type Maintenance = { assets: Asset[]; findings: Finding[] };

export type MonthPeak = { month: string; peak_kw: number; is_whole: boolean };

export type MonthAhead = {
  month: string;
  low_kw: number;
  likely_kw: number;
  high_kw: number;
  exceeds_limit: number | null;
};

export type Capacity = {
  node: string;
  limit_kw: number | null;
  headroom_kw: number | null;
  growth_percent_per_year: { low: number; likely: number; high: number } | null;
  exceeded_by: { probability_percent: number; month: string | null }[];
  months: MonthPeak[];
  ahead: MonthAhead[];
  why_none: string | null;
};

const SLOW_MS = 5 * 60_000;
const ALL = "maintenance";

export function useMaintenance(node: string) {
  return useQuery({
    queryKey: [ALL, "of", node],
    queryFn: ({ signal }) =>
      get<Maintenance>(`/api/v1/analytics/maintenance?${new URLSearchParams({ node })}`, signal),
    refetchInterval: SLOW_MS,
  });
}

export function useEvidence(finding: number) {
  return useQuery({
    queryKey: [ALL, "finding", finding],
    queryFn: ({ signal }) =>
      get<Finding & { evidence: Evidence }>(`/api/v1/analytics/maintenance/findings/${finding}`, signal),
    staleTime: SLOW_MS,
  });
}

/** Says of a finding that nothing is wrong. */
export function useDismissal() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (finding: number) => send("POST", `/api/v1/analytics/maintenance/findings/${finding}/dismissal`),
    onSuccess: () => cache.invalidateQueries({ queryKey: [ALL] }),
  });
}

export function useCapacity(node: string) {
  return useQuery({
    queryKey: ["capacity", node],
    queryFn: ({ signal }) => get<Capacity>(`/api/v1/analytics/capacity?${new URLSearchParams({ node })}`, signal),
    refetchInterval: SLOW_MS,
  });
}
