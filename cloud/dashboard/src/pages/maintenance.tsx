// What does worse than it did, how the other equipment stands, and how long connections will do.

import { useLocation } from "wouter";
import { useMaintenance, type Finding } from "../api/maintenance";
import { placeOf } from "../api/places";
import { useTree } from "../api/queries";
import { plural } from "../format";
import { Icon } from "../parts/icons";
import { AssetsCard } from "../parts/maintenance/assets-card";
import { CapacityCard } from "../parts/maintenance/capacity-card";
import { FindingCard } from "../parts/maintenance/finding-card";
import { PageHead } from "../parts/page-head";
import { mainSite, PlaceSelect } from "../parts/place-select";
import { Loaded, Notice } from "../parts/states";

export function MaintenancePage({ path }: { path?: string | undefined }) {
  const tree = useTree();
  const [, go] = useLocation();
  return (
    <>
      <PageHead title="Maintenance">
        {tree.data && tree.data.sites.length > 0 && (
          <PlaceSelect sites={tree.data.sites} path={path} choose={(chosen) => go(`/maintenance/${chosen}`)} />
        )}
      </PageHead>
      <Loaded query={tree}>
        {({ sites }) => {
          const node = path ? placeOf(sites, path)?.trail.at(-1) : mainSite(sites);
          if (!node || (path && node.path !== path)) return <Notice title="There is no such place">{path}</Notice>;
          const timeZone = placeOf(sites, node.path)?.trail[0]?.timezone;
          return <Place key={node.path} node={node.path} timeZone={timeZone} />;
        }}
      </Loaded>
    </>
  );
}

function Place({ node, timeZone }: { node: string; timeZone: string | undefined }) {
  const query = useMaintenance(node);
  return (
    <div className="grid maintenance-grid">
      <div className="grid main-column">
        <Loaded query={query} lines={2}>
          {({ assets, findings }) => (
            <>
              <Findings findings={findings} watched={assets.length} timeZone={timeZone} />
              <AssetsCard assets={assets} timeZone={timeZone} />
            </>
          )}
        </Loaded>
      </div>
      <div className="grid side">
        <CapacityCard node={node} />
      </div>
    </div>
  );
}

const due = ({ days_until: { likely } }: Finding) => likely ?? Infinity;

const soonestFirst = (a: Finding, b: Finding) =>
  due(a) === due(b) ? b.change_percent - a.change_percent : due(a) - due(b);

type FindingsProps = { findings: Finding[]; watched: number; timeZone: string | undefined };

function Findings({ findings, watched, timeZone }: FindingsProps) {
  const open = findings.filter((finding) => finding.state === "open").sort(soonestFirst);
  const past = findings.filter((finding) => finding.state !== "open");
  return (
    <>
      {open.map((finding) => (
        <FindingCard key={finding.id} finding={finding} timeZone={timeZone} startsOpen={finding === open[0]} />
      ))}
      {open.length === 0 && watched > 0 && (
        <section className="card">
          <p className="all-well">
            <Icon name="check" /> {plural(watched, "asset")} followed, none does worse than it did
          </p>
        </section>
      )}
      {past.length > 0 && (
        <details className="past-findings">
          <summary className="section-title">{plural(past.length, "earlier finding")}</summary>
          <div className="grid">
            {past.map((finding) => (
              <FindingCard key={finding.id} finding={finding} timeZone={timeZone} startsOpen={false} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}
