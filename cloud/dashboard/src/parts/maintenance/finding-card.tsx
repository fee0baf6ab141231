// One finding: what is wrong, what to do, and the days that show it.

import { Button, Skeleton } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useDismissal, useEvidence, type Evidence, type Finding } from "../../api/maintenance";
import { useMe } from "../../api/queries";
import { day, one, plural } from "../../format";
import { Figures } from "./figures";

const EvidencePlot = lazy(() => import("./evidence-plot"));

const HEIGHT = 210;
const KINDS = {
  cop: "Efficiency",
  electricity: "Electricity",
  soiling: "Soiling",
  output_lost: "Output lost",
  capacity: "Capacity",
  efficiency: "Losses",
} as const;

type Props = { finding: Finding; timeZone: string | undefined; startsOpen: boolean };

export function FindingCard({ finding, timeZone, startsOpen }: Props) {
  const [isShown, show] = useState(startsOpen);
  return (
    <section className="card finding" aria-label={finding.name}>
      <div className="card-head" style={{ alignItems: "center", flexWrap: "wrap" }}>
        <h2 className="card-name">{finding.name}</h2>
        <span className="tags">
          <span className="tag">{KINDS[finding.kind]}</span>
          <Due finding={finding} timeZone={timeZone} />
        </span>
      </div>
      <p className="finding-said">{finding.sentence}</p>
      <p className="finding-advice">
        <b>What to do:</b> {finding.advice}
      </p>
      {isShown && <Shown finding={finding} timeZone={timeZone} />}
      <div className="finding-foot">
        <Button variant="subtle" size="compact-sm" ml={-8} aria-expanded={isShown} onClick={() => show(!isShown)}>
          {isShown ? "Hide the evidence" : "Show the evidence"}
        </Button>
        {finding.state === "open" && <Dismissal finding={finding.id} />}
        <span className="dim small">{Math.round(100 * finding.confidence)} % certain</span>
      </div>
    </section>
  );
}

function Due({ finding, timeZone }: { finding: Finding; timeZone: string | undefined }) {
  if (finding.state === "over") return <span className="tag good">Over since {day(finding.end ?? "", timeZone)}</span>;
  if (finding.state === "dismissed") return <span className="tag">Dismissed</span>;
  const { likely } = finding.days_until;
  if (likely === 0) return <span className="tag bad">Due now</span>;
  if (likely === null) return <span className="tag warn">{one(finding.change_percent)} % worse</span>;
  return <span className="tag warn">Due in {plural(Math.round(likely), "day")}</span>;
}

function Dismissal({ finding }: { finding: number }) {
  const { data: me } = useMe();
  const dismissal = useDismissal();
  if (!me || me.role === "viewer") return null;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      loading={dismissal.isPending}
      onClick={() => dismissal.mutate(finding)}
    >
      {dismissal.error ? dismissal.error.message : "Nothing is wrong"}
    </Button>
  );
}

function Shown({ finding, timeZone }: { finding: Finding; timeZone: string | undefined }) {
  const query = useEvidence(finding.id);
  if (query.error) return <p className="dim small">{query.error.message}</p>;
  if (!query.data) return <Skeleton height={HEIGHT} radius="md" />;
  return <Proof evidence={query.data.evidence} finding={finding} timeZone={timeZone} />;
}

type ProofProps = { evidence: Evidence; finding: Finding; timeZone: string | undefined };

function Proof({ evidence, finding, timeZone }: ProofProps) {
  return (
    <>
      <h3 className="section-title">Worse than its baseline, %</h3>
      <Suspense fallback={<Skeleton height={HEIGHT} radius="md" />}>
        <EvidencePlot evidence={evidence} start={finding.start} timeZone={timeZone} height={HEIGHT} />
      </Suspense>
      <ul className="lines-key">
        <li>
          <span className="key-dot" />A day
        </li>
        <li>
          <span className="key-line" style={{ borderColor: "var(--bad)" }} />
          Median of the last days
        </li>
        <li>
          <span className="key-line dashed" style={{ borderColor: "var(--warn)" }} />
          Something has to be done
        </li>
      </ul>
      <Figures figures={evidence.figures} before="expected" after="measured" />
      <p className="dim small" style={{ margin: "10px 0 0" }}>
        {plural(evidence.days, "day")} since {day(finding.start, timeZone)}, compared with{" "}
        {plural(evidence.baseline_days, "day")} before.
      </p>
    </>
  );
}
