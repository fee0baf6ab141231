// What a person should look at, worst first; empty when all is well.

import type { Fleet, LiveCampus } from "./api/types";
import { ago, count, isStale, plural } from "./format";

export type Matter = { key: string; bad: boolean; name: string; text: string; href: string };

function gatewayMatters(fleet: Fleet | undefined): Matter[] {
  return (fleet?.gateways ?? []).flatMap((g): Matter[] => {
    const at = (key: string, bad: boolean, text: string): Matter => ({
      key: `${g.gateway}-${key}`,
      bad,
      name: g.name,
      text,
      href: `/fleet#${g.gateway}`,
    });
    const found: Matter[] = [];
    if (g.clone_notice) found.push(at("clone", true, "two gateways use this identity"));
    if (g.state === "offline") found.push(at("state", true, `gateway offline, ${lastSeen(g.last_contact)}`));
    if (g.state === "late") found.push(at("state", false, `gateway late, ${lastSeen(g.last_contact)}`));
    if (g.state === "never") found.push(at("state", false, "gateway has never been in contact"));
    if (g.missing > 0) found.push(at("missing", true, `${count(g.missing)} readings missing`));
    if (g.declared_lost > 0) found.push(at("lost", false, `${count(g.declared_lost)} readings given up`));
    if (g.devices.offline > 0) found.push(at("devices", false, `${plural(g.devices.offline, "device")} silent`));
    return found;
  });
}

function lastSeen(iso: string | null): string {
  return iso ? `last contact ${ago((Date.now() - Date.parse(iso)) / 1000)}` : "no contact yet";
}

export function matters(live: LiveCampus | undefined, fleet: Fleet | undefined): Matter[] {
  const found = gatewayMatters(fleet);
  if (live && live.meters.silent > 0) {
    found.push({
      key: "silent",
      bad: false,
      name: live.name,
      text: `${plural(live.meters.silent, "meter")} of ${count(live.meters.silent + live.meters.reporting)} silent`,
      href: "/campus",
    });
  }
  const stale = (live?.faculties ?? []).flatMap((f) => f.buildings).filter((b) => isStale(b.age_s));
  for (const building of stale) {
    found.push({
      key: `stale-${building.path}`,
      bad: false,
      name: building.name,
      text: building.age_s === null ? "no fresh value" : `last value ${ago(building.age_s)}`,
      href: `/node/${building.path}`,
    });
  }
  return found.sort((a, b) => Number(b.bad) - Number(a.bad));
}
