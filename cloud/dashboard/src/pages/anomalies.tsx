// What was unusual in the load of a place and those below it.

import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { useAnomalies, type Anomaly } from "../api/anomalies";
import { placeOf } from "../api/places";
import { useTree } from "../api/queries";
import { AnomalyCard } from "../parts/anomalies/anomaly-card";
import { Icon } from "../parts/icons";
import { PageHead } from "../parts/page-head";
import { mainSite, PlaceSelect } from "../parts/place-select";
import { Loaded, Notice } from "../parts/states";

const PAGE = 20;

export function AnomaliesPage({ path }: { path?: string | undefined }) {
  const tree = useTree();
  const [, go] = useLocation();
  return (
    <>
      <PageHead title="Anomalies">
        {tree.data && tree.data.sites.length > 0 && (
          <PlaceSelect sites={tree.data.sites} path={path} choose={(chosen) => go(`/anomalies/${chosen}`)} />
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

const SHOWN = [
  { value: "open", label: "To look at" },
  { value: "all", label: "All" },
];

function Place({ node, timeZone }: { node: string; timeZone: string | undefined }) {
  const [shown, setShown] = useState("open");
  const query = useAnomalies(node);
  return (
    <Loaded query={query} lines={2}>
      {({ anomalies }) => {
        const wanted = shown === "all" ? anomalies : anomalies.filter((each) => each.state === "open");
        return (
          <div className="grid anomalies">
            <SegmentedControl
              size="xs"
              aria-label="Which anomalies"
              value={shown}
              onChange={setShown}
              data={SHOWN}
              style={{ justifySelf: "start" }}
            />
            {wanted.length > 0 ? (
              <Cards anomalies={wanted} timeZone={timeZone} />
            ) : (
              <section className="card">
                <p className="all-well">
                  <Icon name="check" /> {anomalies.length > 0 ? "All has been looked at" : "Nothing unusual so far"}
                </p>
              </section>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

function Cards({ anomalies, timeZone }: { anomalies: Anomaly[]; timeZone: string | undefined }) {
  const [most, setMost] = useState(PAGE);
  return (
    <>
      {anomalies.slice(0, most).map((anomaly, i) => (
        <AnomalyCard key={anomaly.id} anomaly={anomaly} timeZone={timeZone} startsOpen={i === 0} />
      ))}
      {anomalies.length > most && (
        <Button variant="light" onClick={() => setMost(most + PAGE)}>
          Show more
        </Button>
      )}
    </>
  );
}
