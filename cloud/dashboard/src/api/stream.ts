// Live values as server-sent events; while the stream is down the queries poll.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { LIVE_CAMPUS } from "./queries";
import type { LiveCampus } from "./types";

const AGAIN_MS = 15_000;

/** Feeds the campus query from the stream; true while it is open. */
export function useLiveStream(): boolean {
  const [open, setOpen] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const cache = useQueryClient();
  useEffect(() => {
    const source = new EventSource("/api/v1/live/stream");
    let again: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener("live", (event: MessageEvent<string>) => {
      cache.setQueryData(LIVE_CAMPUS, JSON.parse(event.data) as LiveCampus);
      setOpen(true);
    });
    source.onerror = () => {
      setOpen(false);
      // Refused for good: the browser doesn't try again by itself.
      if (source.readyState === EventSource.CLOSED) {
        again = setTimeout(() => setAttempt((n) => n + 1), AGAIN_MS);
      }
    };
    return () => {
      source.close();
      clearTimeout(again);
    };
  }, [cache, attempt]);
  return open;
}
