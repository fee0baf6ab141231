// The cards beside the load: saved, next hour, solar, what needs attention.

import type { ReactNode } from "react";
import { Link } from "wouter";
import { ApiError } from "../api/client";
import { usePrediction } from "../api/queries";
import type { Prediction, Saved } from "../api/types";
import type { Matter } from "../attention";
import { clock, day, kw, kwh, money, NO_DATA, one } from "../format";
import { Icon } from "./icons";
import { Value } from "./value";

export function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card">
      <div className="card-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

const orNone = (value: number | null, shown: (value: number) => string) =>
  value === null ? NO_DATA : shown(value);

export function SavedCard({ saved }: { saved: Saved | null }) {
  if (!saved) return null;
  return (
    <Card
      title="Saved today"
      aside={saved.percent !== null && <span className="tag saved">{one(saved.percent)} % of use</span>}
    >
      <Value value={saved.today_kwh} unit="kWh" format={kwh} size="large" />
      <dl className="facts">
        <Fact name="Being saved now">{orNone(saved.power_kw, (v) => `${kw(v)} kW`)}</Fact>
        <Fact name="Saved in all">{orNone(saved.total_kwh, (v) => `${kwh(v)} kWh`)}</Fact>
        <Fact name="Worth">{orNone(saved.cost, (v) => money(v, saved.currency ?? "INR"))}</Fact>
        <Fact name="CO₂ avoided">{orNone(saved.co2_kg, (v) => `${kwh(v)} kg`)}</Fact>
      </dl>
    </Card>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function ForecastCard({ load_kw, timeZone }: { load_kw: number | null; timeZone: string | undefined }) {
  const { data, error, isPending } = usePrediction();
  if (isPending) return null;
  if (!data) {
    const none = error instanceof ApiError && error.status === 404;
    return (
      <Card title="Next hour">
        <Value value={null} />
        <p className="dim small" style={{ margin: "6px 0 0" }}>
          {none ? "No model yet. The first is trained once a few days have been measured." : error?.message}
        </p>
      </Card>
    );
  }
  const { start, end } = data.for_hour;
  return (
    <Card
      title={`Forecast ${clock(start, timeZone)}–${clock(end, timeZone)}`}
      aside={data.is_peak && <span className="tag warn">Peak hour</span>}
    >
      <Value value={data.predicted_kw} size="large" />
      <Range prediction={data} load_kw={load_kw} />
      <ModelError model={data.model} timeZone={timeZone} />
    </Card>
  );
}

function Range({ prediction, load_kw }: { prediction: Prediction; load_kw: number | null }) {
  const { low_kw, high_kw, level } = prediction.interval;
  const top = 1.15 * Math.max(high_kw, load_kw ?? 0, prediction.predicted_kw, 0.001);
  const at = (value: number) => `${(100 * Math.max(0, value)) / top}%`;
  return (
    <>
      <div className="range" aria-hidden="true">
        <div className="track" />
        <div className="band" style={{ left: at(low_kw), width: at(high_kw - low_kw) }} />
        <div className="tick" style={{ left: at(prediction.predicted_kw) }} />
        {load_kw !== null && <div className="tick now" style={{ left: at(load_kw) }} />}
        <div className="ends">
          <span>0</span>
          <span>{kw(top)} kW</span>
        </div>
      </div>
      <p className="small" style={{ margin: "6px 0 0" }}>
        {Math.round(level * 100)} % likely between <b>{kw(low_kw)}</b> and <b>{kw(high_kw)}</b> kW
      </p>
    </>
  );
}

function ModelError({ model, timeZone }: { model: Prediction["model"]; timeZone: string | undefined }) {
  const ours = model.backtest_cv_rmse_percent;
  const naive = model.naive_cv_rmse_percent;
  return (
    <p className="dim small" style={{ margin: "4px 0 0" }}>
      {ours !== null && `Typical error ${one(ours)} %`}
      {naive !== null && `, a naive guess ${one(naive)} %`}
      {ours !== null && " · "}
      {`trained ${day(model.trained_at, timeZone)}, ${clock(model.trained_at, timeZone)}`}
    </p>
  );
}

const SHOWN = 5;

export function AttentionCard({ matters }: { matters: Matter[] }) {
  return (
    <Card
      title="Needs attention"
      aside={matters.length > 0 && <span className="tag warn">{matters.length}</span>}
    >
      {matters.length === 0 ? (
        <p style={{ margin: 0, display: "flex", gap: 8, alignItems: "center", color: "var(--good)" }}>
          <Icon name="check" /> All meters and gateways report
        </p>
      ) : (
        <ul className="attention">
          {matters.slice(0, SHOWN).map((matter) => (
            <li key={matter.key} className={matter.bad ? "bad" : ""}>
              <Link href={matter.href}>{matter.text}</Link>
            </li>
          ))}
        </ul>
      )}
      {matters.length > SHOWN && (
        <p className="dim small" style={{ margin: "10px 0 0" }}>
          and {matters.length - SHOWN} more
        </p>
      )}
    </Card>
  );
}
