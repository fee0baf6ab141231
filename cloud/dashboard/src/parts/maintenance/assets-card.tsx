// How each asset stands, whether or not something was found.

import type { Asset } from "../../api/maintenance";
import { day, plural } from "../../format";
import { Card } from "../cards";
import { Notice } from "../states";
import { Figures } from "./figures";

const KINDS = { hvac: "HVAC", pv: "Solar", battery: "Battery" } as const;

type Props = { assets: Asset[]; timeZone: string | undefined };

export function AssetsCard({ assets, timeZone }: Props) {
  if (assets.length === 0) {
    return (
      <Notice title="No equipment is followed here">
        Name chillers, heat pumps, solar arrays and batteries as <code>assets</code> in the campus file; what they do
        day by day is then followed.
      </Notice>
    );
  }
  return (
    <Card title="Equipment">
      {assets.map((asset) => (
        <div key={asset.asset} className="version">
          <div className="version-head">
            <b>{asset.name}</b>
            <span className="tag">{KINDS[asset.kind]}</span>
            {asset.open_findings > 0 && <span className="tag warn">{plural(asset.open_findings, "finding")}</span>}
            <span className="dim small">{said(asset, timeZone)}</span>
          </div>
          {asset.condition.length > 0 && <Figures figures={asset.condition} before="at first" after="now" />}
        </div>
      ))}
    </Card>
  );
}

function said(asset: Asset, timeZone: string | undefined): string {
  if (asset.why_none !== null) return `Nothing is known of it yet: ${asset.why_none}.`;
  const looked = asset.examined === null ? "" : `, last on ${day(asset.examined, timeZone)}`;
  return `${plural(asset.judged_days, "day")} compared${looked}`;
}
