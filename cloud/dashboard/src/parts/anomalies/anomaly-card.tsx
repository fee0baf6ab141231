// One anomaly: what it is, how large, how sure, and how the load went.

import { Button, Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { useAnomaly, type Anomaly } from "../../api/anomalies";
import { clock, day, kwh, money } from "../../format";
import { FeedbackButtons, SaidList } from "./feedback";
import { KINDS, STATES } from "./words";

const CoursePlot = lazy(() => import("./course-plot"));

const HEIGHT = 170;

type Props = { anomaly: Anomaly; timeZone: string | undefined; startsOpen: boolean };

export function AnomalyCard({ anomaly, timeZone, startsOpen }: Props) {
  const [isShown, show] = useState(startsOpen);
  return (
    <section className="card anomaly" aria-label={`${KINDS[anomaly.kind]}, ${anomaly.name}`}>
      <div className="card-head" style={{ alignItems: "center", flexWrap: "wrap" }}>
        <h2 className="card-name">
          <Link href={`/node/${anomaly.node}`}>{anomaly.name}</Link>
        </h2>
        <span className="tags">
          <span className="tag">{KINDS[anomaly.kind]}</span>
          <Standing anomaly={anomaly} />
        </span>
      </div>
      <p className="anomaly-said">{anomaly.sentence}</p>
      <p className="anomaly-figures small dim">
        <Size anomaly={anomaly} />
        <span>{when(anomaly, timeZone)}</span>
      </p>
      {isShown && <Shown anomaly={anomaly} timeZone={timeZone} />}
      <div className="anomaly-foot">
        <Button variant="subtle" size="compact-sm" ml={-8} aria-expanded={isShown} onClick={() => show(!isShown)}>
          {isShown ? "Hide the load" : "Show the load"}
        </Button>
        <span className="dim small">{Math.round(100 * anomaly.confidence)} % certain</span>
      </div>
    </section>
  );
}

function Standing({ anomaly }: { anomaly: Anomaly }) {
  return (
    <>
      {anomaly.end === null && <span className="tag warn">Goes on</span>}
      {anomaly.state !== "open" && (
        <span className={`tag ${STATES[anomaly.state].tone}`}>{STATES[anomaly.state].name}</span>
      )}
    </>
  );
}

function Size({ anomaly: { kind, size_kwh, cost, currency } }: { anomaly: Anomaly }) {
  if (size_kwh === null) return null;
  const isLoad = kind !== "missing" && kind !== "stuck";
  const amount = `${isLoad && size_kwh > 0 ? "+" : ""}${kwh(size_kwh)} kWh`;
  return (
    <span>
      <b>{amount}</b> {isLoad ? "above expected" : kind === "missing" ? "not measured" : "against expected"}
      {cost !== null && currency !== null && `, ${money(cost, currency)}`}
    </span>
  );
}

function when({ start, end, known_until }: Anomaly, timeZone: string | undefined): string {
  const until = end ?? known_until;
  const [first, last] = [day(start, timeZone), day(until, timeZone)];
  const clocks = `${clock(start, timeZone)} to `;
  if (first === last) return `${first}, ${clocks}${clock(until, timeZone)}`;
  return `${first}, ${clocks}${last}, ${clock(until, timeZone)}`;
}

function Shown({ anomaly, timeZone }: { anomaly: Anomaly; timeZone: string | undefined }) {
  const query = useAnomaly(anomaly.id);
  if (query.error) return <p className="dim small">{query.error.message}</p>;
  if (!query.data) return <Skeleton height={HEIGHT} radius="md" />;
  const { course, feedback } = query.data;
  return (
    <>
      {course.rows.length > 1 && (
        <>
          <h3 className="section-title">{course.resolution_min === 60 ? "Load, kW" : "Load by day, kW"}</h3>
          <Suspense fallback={<Skeleton height={HEIGHT} radius="md" />}>
            <CoursePlot course={course} anomaly={anomaly} timeZone={timeZone} height={HEIGHT} />
          </Suspense>
          <ul className="lines-key">
            <li>
              <span className="key-line" style={{ borderColor: "var(--load)" }} />
              Measured
            </li>
            <li>
              <span className="key-line" style={{ borderColor: "var(--bad)" }} />
              The anomaly
            </li>
            <li>
              <span className="key-line dashed" style={{ borderColor: "var(--forecast)" }} />
              {anomaly.kind === "drift" ? "Without the rise" : "Expected"}
            </li>
          </ul>
        </>
      )}
      <FeedbackButtons anomaly={anomaly} />
      <SaidList said={feedback} timeZone={timeZone} />
    </>
  );
}
