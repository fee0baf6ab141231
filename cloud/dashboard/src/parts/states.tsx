// What a page shows while it has nothing else to show.

import { Button, Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Icon } from "./icons";

export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div className="grid" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={i === 0 ? 180 : 90} radius="lg" />
      ))}
    </div>
  );
}

export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="card notice" role="status">
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        {children && <div className="dim small">{children}</div>}
      </div>
    </div>
  );
}

function Failure({ error, retry }: { error: Error; retry: () => void }) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <Notice title={missing ? "There is nothing here" : "This can't be shown right now"}>
      <p>{error.message}</p>
      {!missing && (
        <Button size="xs" variant="light" onClick={retry}>
          Try again
        </Button>
      )}
    </Notice>
  );
}

type Props<T> = { query: UseQueryResult<T>; lines?: number; children: (data: T) => ReactNode };

/** The answer once there is one; a failure later leaves the last answer in place. */
export function Loaded<T>({ query, lines = 3, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Loading lines={lines} />;
}
