// What the cloud answers. `null` is "not known": it is shown as such, never as zero.

export type LoadByKind = {
  base_kw: number | null;
  ac_kw: number | null;
  light_kw: number | null;
  equipment_kw: number | null;
};

/** The percentage, the cost and the CO₂ belong to the total. */
export type Saved = {
  power_kw: number | null;
  today_kwh: number | null;
  total_kwh: number | null;
  percent: number | null;
  cost: number | null;
  currency: string;
  co2_kg: number | null;
};

export type Child = {
  id: number;
  path: string;
  kind: string;
  name: string;
  load_kw: number | null;
  age_s: number | null;
};

export type RoomTile = {
  id: number;
  path: string;
  name: string;
  room_type: string | null;
  load_kw: number | null;
  occupied: boolean | null;
  temperature_c: number | null;
  setback: boolean | null;
  age_s: number | null;
};

export type Live = Child & {
  at: string | null;
  load_by_kind: LoadByKind;
  unmetered_kw: number | null;
  solar_kw: number | null;
  saved: Saved;
  efficiency_score: number | null;
  meters: { reporting: number; silent: number };
  simulated: boolean;
  children: Child[];
};

export type Faculty = Child & { buildings: Child[] };
export type Floor = Child & { rooms: RoomTile[] };
export type LiveCampus = Live & { faculties: Faculty[] };
export type LiveBuilding = Live & { floors: Floor[] };
export type LiveRoom = Live & {
  occupied: boolean | null;
  temperature_c: number | null;
  setback: boolean | null;
  scheduled: boolean;
};

export type TreeNode = {
  id: number;
  path: string;
  kind: string;
  name: string;
  timezone: string;
  children: TreeNode[];
};

export type LoadRow = { at: string; mean_kw: number | null; coverage: number | null };
export type LoadHistory = { node: string; resolution_min: number; rows: LoadRow[] };

/** A naive forecast has no version, and nothing is known of its backtest. */
export type Model = {
  name: string;
  version: number | null;
  trained_at: string | null;
  backtest_cv_rmse_percent: number | null;
  naive_cv_rmse_percent: number | null;
};

export type Prediction = {
  node: string;
  predicted_kw: number;
  interval: { low_kw: number; high_kw: number; level: number };
  for_hour: { start: string; end: string };
  is_peak: boolean;
  source: "gateway" | "cloud" | "naive";
  why_naive: string | null;
  model: Model;
};

export type NextHour = { next_hour: Prediction | null; why_none: string | null };

export type DeviceError = { device: string; state: string | null; error: string };

export type Gateway = {
  gateway: string;
  node: string;
  name: string;
  state: "online" | "late" | "offline" | "never";
  last_contact: string | null;
  lag_s: number | null;
  buffer: { batches?: number; readings?: number; bytes?: number; hours_left?: number | null };
  produced: number;
  delivered: number;
  declared_lost: number;
  missing: number;
  missing_why: string[];
  rejected: number;
  epochs: number;
  clone_notice: string | null;
  devices: { online: number; stale: number; offline: number };
  device_errors: DeviceError[];
};

export type Fleet = { gateways: Gateway[] };

export type Me = {
  name: string;
  email: string | null;
  role: string | null;
  csrf_token: string | null;
};
