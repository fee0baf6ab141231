// What kinds, states and verdicts are called.

import type { AnomalyKind, AnomalyState, Verdict } from "../../api/anomalies";

export const KINDS: Record<AnomalyKind, string> = {
  stuck: "Stuck meter",
  spike: "Spike",
  night_load: "Left on at night",
  drift: "Slow drift",
  missing: "Missing data",
  phase_imbalance: "Phase imbalance",
};

export const STATES: Record<Exclude<AnomalyState, "open">, { name: string; tone: string }> = {
  dismissed: { name: "Dismissed", tone: "" },
  confirmed: { name: "Confirmed", tone: "bad" },
  fixed: { name: "Fixed", tone: "good" },
};

export const VERDICTS: Record<Verdict, string> = {
  confirmed: "It is a fault",
  fault_fixed: "Fault fixed",
  holiday: "It was a holiday",
  expected: "Expected",
  not_an_anomaly: "Nothing unusual",
};
