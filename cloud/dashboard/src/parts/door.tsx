// The frame of the pages before sign-in.

import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

export function Door({ title, children }: { title: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Voltonic`);
  return (
    <main className="door">
      <div>
        <div className="brand" style={{ padding: 0, marginBottom: 20 }}>
          <img src="/favicon.svg" alt="" />
          Voltonic
        </div>
        <h1 style={{ margin: "0 0 18px", fontSize: 24, fontWeight: 600 }}>{title}</h1>
        {children}
      </div>
    </main>
  );
}

export function Refusal({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p role="alert" style={{ margin: 0, color: "var(--bad)", fontSize: 14 }}>
      {error.message}
    </p>
  );
}
