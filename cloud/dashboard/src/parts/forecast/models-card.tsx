// The versions of a place's model, who runs them, and why one was refused.

import { useVersions, type GatewayModel, type ModelVersion, type Versions } from "../../api/forecast";
import { clock, count, day, one } from "../../format";
import { Card } from "../cards";
import { Loaded } from "../states";

const STATES = {
  running: ["good", "Runs at its gateway"],
  shadow: ["warn", "In shadow at its gateway"],
  fallback: ["bad", "Gateway fell back"],
  naive: ["warn", "Naive at its gateway"],
} as const;

type Props = { node: string; timeZone: string | undefined };

export function ModelsCard({ node, timeZone }: Props) {
  const query = useVersions(node);
  return (
    <Card title="Models" className="models-card" aside={query.data && <Runner versions={query.data} />}>
      <Loaded query={query} lines={1}>
        {(found) => (
          <>
            {found.gateway && <Gateway gateway={found.gateway} timeZone={timeZone} />}
            {found.versions.map((version) => (
              <Version key={version.version} model={version} timeZone={timeZone} />
            ))}
            {found.versions.length === 0 && <p className="dim small">No model has been published yet.</p>}
            {found.last_training?.note && (
              <p className="dim small" style={{ margin: "10px 0 0" }}>
                Last training, {day(found.last_training.ended_at, timeZone)}{" "}
                {clock(found.last_training.ended_at, timeZone)}: {found.last_training.note}
              </p>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Runner({ versions: { gateway, runs } }: { versions: Versions }) {
  if (gateway?.state) {
    const [tone, said] = STATES[gateway.state];
    return <span className={`tag ${tone}`}>{said}</span>;
  }
  if (runs === "cloud") return <span className="tag good">Runs in the cloud</span>;
  return <span className="tag">None yet</span>;
}

function Gateway({ gateway, timeZone }: { gateway: GatewayModel; timeZone: string | undefined }) {
  const { shadow, refused, why } = gateway;
  const said = [
    ...(why ? [why] : []),
    ...(shadow ? [`version ${shadow.version} proves itself until ${clock(shadow.until, timeZone)}`] : []),
    ...(refused ? [`version ${refused.version ?? "?"} was refused: ${refused.why}`] : []),
  ];
  if (said.length === 0) return null;
  return (
    <ul className="why" style={{ borderTop: 0, marginTop: 0, paddingTop: 0 }}>
      {said.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Version({ model, timeZone }: { model: ModelVersion; timeZone: string | undefined }) {
  const parts = [
    ["24 h", model.day_ahead],
    ["next hour", model.next_hour],
  ] as const;
  return (
    <div className="version">
      <div className="version-head">
        <b>Version {model.version}</b>
        <span className="dim small">
          trained {day(model.trained_at, timeZone)}, {clock(model.trained_at, timeZone)} on {count(model.rows)} hours
        </span>
      </div>
      <p className="small" style={{ margin: "2px 0 0" }}>
        {parts.map(
          ([name, error]) =>
            error && (
              <span key={name} style={{ marginRight: 14 }}>
                {name} <b>{one(error.error_percent)} %</b> <span className="dim">naive {one(error.naive_error_percent)} %</span>
              </span>
            ),
        )}
      </p>
      <p className="dim small" style={{ margin: "2px 0 0" }}>
        {model.is_expired ? <b className="bad-text">expired {day(model.expires_at, timeZone)}</b> : `until ${day(model.expires_at, timeZone)}`}
        {model.rolls_back_to !== null && ` · version ${model.rolls_back_to} again`}
        {model.left_out.length > 0 && ` · left out: ${model.left_out.join(", ")}`}
      </p>
    </div>
  );
}
