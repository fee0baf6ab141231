// One query per question the pages ask; the keys are the cache's names.

import { useQueries, useQuery } from "@tanstack/react-query";
import { ApiError, get, rememberCsrf } from "./client";
import type {
  Fleet,
  Live,
  LiveCampus,
  LoadHistory,
  Me,
  NextHour,
  TreeNode,
} from "./types";

export const LIVE_CAMPUS = ["live", "campus"] as const;
export const ME = ["me"] as const;

const LIVE_MS = 10_000;
const FLEET_MS = 15_000;
const MINUTE_MS = 60_000;
const SLOW_MS = 5 * MINUTE_MS;

const segments = (path: string) => path.split("/").map(encodeURIComponent).join("/");

export function useMe() {
  return useQuery({
    queryKey: ME,
    queryFn: async ({ signal }): Promise<Me | null> => {
      try {
        const me = await get<Me>("/api/v1/identity/me", signal);
        rememberCsrf(me.csrf_token);
        return me;
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: SLOW_MS,
  });
}

export function useLiveCampus(streaming: boolean) {
  return useQuery({
    queryKey: LIVE_CAMPUS,
    queryFn: ({ signal }) => get<LiveCampus>("/api/live/campus", signal),
    refetchInterval: streaming ? false : LIVE_MS,
  });
}

const liveNode = <T extends Live>(path: string) => ({
  queryKey: ["live", "node", path],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<T>(`/api/v1/live/nodes/${segments(path)}`, signal),
  refetchInterval: LIVE_MS,
});

/** Any node below the campus; buildings bring their floors, rooms their state. */
export function useLiveNode<T extends Live>(path: string) {
  return useQuery(liveNode<T>(path));
}

export function useLiveNodes(paths: string[]) {
  return useQueries({ queries: paths.map((path) => liveNode<Live>(path)) });
}

export function useTree() {
  return useQuery({
    queryKey: ["tree"],
    queryFn: ({ signal }) => get<{ sites: TreeNode[] }>("/api/v1/campus/tree", signal),
    staleTime: SLOW_MS,
  });
}

export function useFleet() {
  return useQuery({
    queryKey: ["fleet"],
    queryFn: ({ signal }) => get<Fleet>("/api/v1/fleet", signal),
    refetchInterval: FLEET_MS,
  });
}

export function usePrediction(node: string) {
  return useQuery({
    queryKey: ["prediction", node],
    queryFn: ({ signal }) => get<NextHour>(`/api/v1/forecast/next-hour?${new URLSearchParams({ node })}`, signal),
    refetchInterval: SLOW_MS,
  });
}

/** A span of time that a chart shows, in steps that keep it under a thousand points. */
export const RANGES = {
  day: { name: "24 h", hours: 24, step_min: 15 },
  week: { name: "7 days", hours: 7 * 24, step_min: 60 },
  month: { name: "30 days", hours: 30 * 24, step_min: 60 },
} as const;
export type RangeName = keyof typeof RANGES;

export function useLoadHistory(node: string, range: RangeName) {
  const { hours, step_min } = RANGES[range];
  return useQuery({
    queryKey: ["load", node, range],
    queryFn: ({ signal }) => {
      const to = new Date();
      const from = new Date(to.getTime() - hours * 3_600_000);
      const query = new URLSearchParams({
        node,
        from: from.toISOString(),
        to: to.toISOString(),
        resolution: String(step_min),
      });
      return get<LoadHistory>(`/api/v1/analytics/load?${query}`, signal);
    },
    refetchInterval: MINUTE_MS,
  });
}
