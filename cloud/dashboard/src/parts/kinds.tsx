// What the load is made of: one bar, one key.

import type { LoadByKind } from "../api/types";
import { kw } from "../format";

const KINDS = [
  ["base_kw", "Base", "var(--kind-base)"],
  ["ac_kw", "Air conditioning", "var(--kind-ac)"],
  ["light_kw", "Light", "var(--kind-light)"],
  ["equipment_kw", "Equipment", "var(--kind-equipment)"],
] as const;

const WORTH_TELLING_KW = 0.05;

type Props = { kinds: LoadByKind | null; unmetered_kw?: number | null };

export function Kinds({ kinds, unmetered_kw = null }: Props) {
  const parts: [string, string, number | null][] = KINDS.map(([key, name, colour]) => [
    name,
    colour,
    kinds?.[key] ?? null,
  ]);
  if (unmetered_kw !== null && unmetered_kw >= WORTH_TELLING_KW) parts.push(["Not metered by room", "var(--faint)", unmetered_kw]);
  const known = parts.filter((part): part is [string, string, number] => part[2] !== null);
  if (known.length === 0) return null;
  const total = known.reduce((sum, [, , value]) => sum + Math.max(0, value), 0) || 1;
  return (
    <div>
      <div className="kinds-bar" aria-hidden="true">
        {known.filter(([, , value]) => value > 0).map(([name, colour, value]) => (
          <span key={name} style={{ flexGrow: (100 * value) / total, background: colour }} />
        ))}
      </div>
      <ul className="kinds-key">
        {known.map(([name, colour, value]) => (
          <li key={name}>
            <span className="swatch" style={{ background: colour }} />
            {name} <b>{kw(value)}</b> kW
          </li>
        ))}
      </ul>
    </div>
  );
}
