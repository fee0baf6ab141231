// What the cloud says of forecasts; `null` is "not known".

import { useQuery } from "@tanstack/react-query";
import { get } from "./client";
import type { Model } from "./types";

export type Source = "gateway" | "cloud" | "naive";

export type ForecastRow = { start: string; mean_kw: number; p10_kw: number; p50_kw: number; p90_kw: number };

export type DayAhead = {
  node: string;
  timezone: string;
  made_at: string;
  source: Source;
  why_naive: string | null;
  model: Model;
  level: number;
  grid_min: number;
  rows: ForecastRow[];
};

export type PastRow = {
  start: string;
  measured_kw: number | null;
  forecast: (Omit<ForecastRow, "start"> & { lead_hours: number; source: Source }) | null;
};

export type HorizonError = {
  mape_percent: number | null;
  nrmse_percent: number | null;
  nmbe_percent: number | null;
  coverage80_percent: number | null;
  hours: number;
  forecasts: number;
  sources: Partial<Record<Source, number>>;
  naive: { name: string; nrmse_percent: number | null; mape_percent: number | null } | null;
};

export type LeadError = {
  lead_hour: number;
  nrmse_percent: number | null;
  coverage80_percent: number | null;
  naive_nrmse_percent: number | null;
};

export type Accuracy = {
  node: string;
  days: number;
  next_hour: HorizonError | null;
  day_ahead: HorizonError | null;
  by_lead_hour: LeadError[];
};

export type BacktestError = { members: string[]; error_percent: number; naive_error_percent: number };

export type ModelVersion = {
  version: number;
  kind: string;
  name: string;
  trained_at: string;
  trained_from: string;
  rows: number;
  left_out: string[];
  expires_at: string;
  is_expired: boolean;
  rolls_back_to: number | null;
  next_hour: BacktestError;
  day_ahead: BacktestError | null;
};

export type GatewayModel = {
  gateway: string;
  state: "running" | "shadow" | "fallback" | "naive" | null;
  why: string | null;
  version: number | null;
  shadow: { version: number; until: string } | null;
  refused: { version: number | null; why: string; does_worse: boolean } | null;
};

export type Versions = {
  node: string;
  versions: ModelVersion[];
  runs: "gateway" | "cloud" | "nobody";
  gateway: GatewayModel | null;
  last_training: { ended_at: string; state: string; note: string | null } | null;
};

export type Profile = {
  type: string;
  days: number;
  hours: { hour: number; mean_kw: number | null; p10_kw: number | null; p90_kw: number | null }[];
};

export type Opportunity = {
  kind: string;
  sentence: string;
  how: string;
  kwh_per_year: number | null;
  cost_per_year: number | null;
  currency: string;
  kw: number | null;
};

export type Patterns = {
  node: string;
  recent_days: number;
  figures: {
    days: number;
    base_kw: number;
    mean_kw: number;
    peak_kw: number;
    load_factor: number | null;
    peak_hour: number | null;
  } | null;
  profiles: Profile[];
  week: { weekday: string; hours: (number | null)[] }[];
  months: { month: string; days: number; kwh_per_day: number }[];
  stands_out: string[];
  opportunities: Opportunity[];
  why_none: string | null;
};

const MINUTE_MS = 60_000;
const SLOW_MS = 5 * MINUTE_MS;

const about = <T>(what: string, node: string, more: Record<string, string> = {}) => ({
  queryKey: ["forecast", what, node, more],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    get<T>(`/api/v1/forecast/${what}?${new URLSearchParams({ node, ...more })}`, signal),
  refetchInterval: SLOW_MS,
});

export type Grid = "hour" | "quarter";

export function useDayAhead(node: string, grid: Grid) {
  return useQuery(about<{ day: DayAhead | null; why_none: string | null }>("day", node, { grid }));
}

export function usePast(node: string) {
  return useQuery(about<{ rows: PastRow[] }>("past", node));
}

export function useAccuracy(node: string, days: number) {
  return useQuery(about<Accuracy>("accuracy", node, { days: String(days) }));
}

export function useVersions(node: string) {
  return useQuery(about<Versions>("models", node));
}

export function usePatterns(node: string) {
  return useQuery(about<Patterns>("patterns", node));
}
