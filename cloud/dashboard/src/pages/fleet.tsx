// The gateways: are they in contact, what waits in them, what is missing and why.

import { useEffect } from "react";
import { useFleet } from "../api/queries";
import type { Fleet, Gateway } from "../api/types";
import { count, duration, NO_DATA, plural } from "../format";
import { Fact } from "../parts/cards";
import { PageHead } from "../parts/page-head";
import { Loaded, Notice } from "../parts/states";
import { Age } from "../parts/value";

const STATES = {
  online: ["good", "Online"],
  late: ["warn", "Late"],
  offline: ["bad", "Offline"],
  never: ["warn", "Never seen"],
} as const;

const WORST_FIRST = ["offline", "late", "never", "online"];

export function FleetPage() {
  const query = useFleet();
  return (
    <>
      <PageHead title="Fleet">{query.data && query.data.gateways.length > 0 && <Summary fleet={query.data} />}</PageHead>
      <Loaded query={query}>{(fleet) => <Gateways fleet={fleet} received={query.dataUpdatedAt} />}</Loaded>
    </>
  );
}

function Summary({ fleet: { gateways } }: { fleet: Fleet }) {
  const online = gateways.filter((gateway) => gateway.state === "online").length;
  const missing = gateways.reduce((sum, gateway) => sum + gateway.missing, 0);
  const delivered = gateways.reduce((sum, gateway) => sum + gateway.delivered, 0);
  return (
    <span style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
      <span className={online === gateways.length ? "tag good" : "tag warn"}>
        {online} of {gateways.length} online
      </span>
      <span className="tag">{count(delivered)} readings delivered</span>
      <span className={missing > 0 ? "tag bad" : "tag good"}>{count(missing)} missing</span>
    </span>
  );
}

function Gateways({ fleet, received }: { fleet: Fleet; received: number }) {
  useEffect(() => {
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  }, []);
  if (fleet.gateways.length === 0) {
    return (
      <Notice title="No gateways yet">
        Register one with <code>voltonic-cloud gateway add</code>; it appears here at once.
      </Notice>
    );
  }
  const sorted = [...fleet.gateways].sort(
    (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) || a.name.localeCompare(b.name),
  );
  return (
    <div className="grid gateways">
      {sorted.map((gateway) => (
        <GatewayCard key={gateway.gateway} gateway={gateway} received={received} />
      ))}
    </div>
  );
}

function GatewayCard({ gateway, received }: { gateway: Gateway; received: number }) {
  const [tone, word] = STATES[gateway.state];
  const { online, stale, offline } = gateway.devices;
  return (
    <section className="card gateway" id={gateway.gateway}>
      <div className="card-head" style={{ alignItems: "center" }}>
        <h2 className="card-name">{gateway.name}</h2>
        <span className={`tag ${tone}`}>{word}</span>
      </div>
      <dl className="facts">
        <Fact name="Last contact">
          {gateway.last_contact ? <Contact iso={gateway.last_contact} received={received} /> : "never"}
        </Fact>
        <Fact name="Behind by">{gateway.lag_s === null ? NO_DATA : duration(gateway.lag_s)}</Fact>
        <Fact name="Waiting">{gateway.buffer.readings == null ? NO_DATA : plural(gateway.buffer.readings, "reading")}</Fact>
        <Fact name="Buffer lasts">
          {gateway.buffer.hours_left == null ? NO_DATA : duration(gateway.buffer.hours_left * 3600)}
        </Fact>
        <Fact name="Delivered">{`${count(gateway.delivered)} of ${count(gateway.produced)}`}</Fact>
        <Fact name="Missing">{gateway.missing > 0 ? <b style={{ color: "var(--bad)" }}>{count(gateway.missing)}</b> : "none"}</Fact>
        <Fact name="Devices">
          {`${online} online`}
          {stale > 0 && `, ${stale} stale`}
          {offline > 0 && `, ${offline} silent`}
        </Fact>
        <Fact name="Starts seen">{count(gateway.epochs)}</Fact>
      </dl>
      <Reasons gateway={gateway} />
    </section>
  );
}

function Contact({ iso, received }: { iso: string; received: number }) {
  return <Age age_s={(received - Date.parse(iso)) / 1000} received={received} />;
}

const SHOWN_ERRORS = 4;

function Reasons({ gateway }: { gateway: Gateway }) {
  const reasons = [
    ...(gateway.clone_notice ? [gateway.clone_notice] : []),
    ...(gateway.missing > 0 ? gateway.missing_why : []),
    ...(gateway.rejected > 0 ? [`${plural(gateway.rejected, "reading")} refused by the cloud`] : []),
    ...(gateway.declared_lost > 0 ? [`${plural(gateway.declared_lost, "reading")} given up by the gateway`] : []),
    ...gateway.device_errors.slice(0, SHOWN_ERRORS).map(({ device, error }) => `${device}: ${error}`),
  ];
  if (reasons.length === 0) return null;
  const more = gateway.device_errors.length - SHOWN_ERRORS;
  return (
    <ul className="why">
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
      {more > 0 && <li>and {plural(more, "more device error")}</li>}
    </ul>
  );
}
