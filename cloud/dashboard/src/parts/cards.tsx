// The cards beside the load: saved, next hour, solar, what needs attention.

import { Button } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { usePrediction } from "../api/queries";
import type { Live, Model, Prediction, Saved } from "../api/types";
import type { Matter } from "../attention";
import { clock, count, day, kw, kwh, money, NO_DATA, one } from "../format";
import { Icon } from "./icons";
import { Value } from "./value";

type CardProps = { title: string; aside?: ReactNode; className?: string; children: ReactNode };

export function Card({ title, aside, className = "", children }: CardProps) {
  return (
    <section className={`card ${className}`}>
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

export function SavedCard({ saved }: { saved: Saved }) {
  const { today_kwh, total_kwh, cost, co2_kg, currency } = saved;
  const today = today_kwh !== null && total_kwh ? today_kwh / total_kwh : null;
  if (today_kwh === null && total_kwh === null) {
    return (
      <Card title="Saved today">
        <Value value={null} />
        <p className="dim small" style={{ margin: "6px 0 0" }}>
          No device here reports savings.
        </p>
      </Card>
    );
  }
  return (
    <Card
      title="Saved today"
      aside={saved.power_kw !== null && saved.power_kw > 0 && <span className="tag saved">{kw(saved.power_kw)} kW now</span>}
    >
      <Value value={today_kwh} unit="kWh" format={kwh} size="large" />
      {today !== null && cost !== null && co2_kg !== null && (
        <p className="small" style={{ margin: "4px 0 0" }}>
          {money(cost * today, currency)} · {kwh(co2_kg * today)} kg CO₂
        </p>
      )}
      <dl className="facts">
        <Fact name="In total">{orNone(total_kwh, (v) => `${kwh(v)} kWh`)}</Fact>
        <Fact name="Share of use">{orNone(saved.percent, (v) => `${one(v)} %`)}</Fact>
        <Fact name="Worth">{orNone(cost, (v) => money(v, currency))}</Fact>
        <Fact name="CO₂ avoided">{orNone(co2_kg, (v) => `${kwh(v)} kg`)}</Fact>
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

type ForecastProps = { node: string; load_kw: number | null; timeZone: string | undefined };

export function ForecastCard({ node, load_kw, timeZone }: ForecastProps) {
  const answer = usePrediction(node).data;
  if (!answer) return null;
  const data = answer.next_hour;
  if (!data) {
    return (
      <Card title="Next hour">
        <Value value={null} />
        <p className="dim small" style={{ margin: "6px 0 0" }}>
          {sentence(answer.why_none ?? "No forecast yet")}
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
      {load_kw !== null && <span className="dim small"> {against(data.predicted_kw, load_kw)}</span>}
      <Range prediction={data} />
      <ModelError model={data.model} timeZone={timeZone} />
      <More node={node} />
    </Card>
  );
}

/** The way to the page of forecasts, from any other. */
function More({ node }: { node: string }) {
  const [location] = useLocation();
  if (location.startsWith("/forecast")) return null;
  return (
    <p className="small" style={{ margin: "10px 0 0" }}>
      <Link href={`/forecast/${node}`}>The next 24 hours</Link>
    </p>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function against(predicted_kw: number, load_kw: number): string {
  const more = predicted_kw - load_kw;
  return `${kw(Math.abs(more))} kW ${more < 0 ? "less" : "more"} than now`;
}

function Range({ prediction }: { prediction: Prediction }) {
  const { low_kw, high_kw, level } = prediction.interval;
  const top = 1.15 * Math.max(high_kw, prediction.predicted_kw, 0.001);
  const at = (value: number) => `${(100 * Math.max(0, value)) / top}%`;
  return (
    <>
      <div className="range" aria-hidden="true">
        <div className="track" />
        <div className="band" style={{ left: at(low_kw), width: at(high_kw - low_kw) }} />
        <div className="tick" style={{ left: at(prediction.predicted_kw) }} />
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

function ModelError({ model, timeZone }: { model: Model; timeZone: string | undefined }) {
  const { backtest_cv_rmse_percent: error, naive_cv_rmse_percent: naive, trained_at } = model;
  if (error === null || naive === null || trained_at === null) {
    return (
      <p className="dim small" style={{ margin: "4px 0 0" }}>
        No model made this: it follows the load of earlier times
      </p>
    );
  }
  return (
    <p className="dim small" style={{ margin: "4px 0 0" }}>
      Typical error {one(error)} %, a naive guess {one(naive)} % · trained {day(trained_at, timeZone)},{" "}
      {clock(trained_at, timeZone)}
    </p>
  );
}

export function MetersCard({ meters: { reporting, silent } }: { meters: Live["meters"] }) {
  return (
    <Card title="Meters reporting">
      <Value value={reporting} unit={`of ${count(reporting + silent)}`} format={count} size="large" stale={silent > 0} />
    </Card>
  );
}

const SHOWN = 4;

export function AttentionCard({ matters }: { matters: Matter[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? matters : matters.slice(0, SHOWN);
  return (
    <Card
      title="Needs attention"
      className="attention-card"
      aside={matters.length > 0 && <span className="tag warn">{matters.length}</span>}
    >
      {matters.length === 0 ? (
        <p className="all-well">
          <Icon name="check" /> All meters and gateways report
        </p>
      ) : (
        <ul className="attention">
          {shown.map((matter) => (
            <li key={matter.key} className={matter.bad ? "bad" : ""}>
              <Link href={matter.href}>
                <b>{matter.name}</b> {matter.text}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {matters.length > SHOWN && (
        <Button variant="subtle" size="compact-sm" mt={8} ml={-8} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show ${matters.length - SHOWN} more`}
        </Button>
      )}
    </Card>
  );
}

/** Solar power of each site that has any. */
export function SolarCard({ sites }: { sites: { name: string; solar_kw: number | null }[] }) {
  const areSeveral = sites.length > 1;
  const known = sites.filter((site) => site.solar_kw !== null);
  const sum = known.reduce((kw, site) => kw + (site.solar_kw ?? 0), 0);
  return (
    <Card title="Solar">
      <Value value={known.length > 0 ? sum : null} size="large" />
      {areSeveral && <div className="dim small">{known.map((site) => site.name).join(", ")}</div>}
    </Card>
  );
}
