// Live values as server-sent events; while the stream is down the queries poll.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { LIVE_CAMPUS } from "./queries";
import type { LiveCampus } from "./types";

/** Feeds the campus query from the stream; true while it is open. */
export function useLiveStream(): boolean {
  const [open, setOpen] = useState(false);
  const cache = useQueryClient();
  useEffect(() => {
    const source = new EventSource("/api/v1/live/stream");
    source.onopen = () => setOpen(true);
    source.onerror = () => setOpen(false);
    source.addEventListener("live", (event: MessageEvent<string>) => {
      cache.setQueryData(LIVE_CAMPUS, JSON.parse(event.data) as LiveCampus);
      setOpen(true);
    });
    return () => source.close();
  }, [cache]);
  return open;
}
