// How good the forecasts were: against what came, and against the best naive one.

import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useAccuracy, type Accuracy, type HorizonError } from "../../api/forecast";
import { NO_DATA, one, plural } from "../../format";
import { Fact } from "../cards";
import { Lines } from "../lines";
import { Loaded } from "../states";

const DAYS = [
  { value: "7", label: "7 days" },
  { value: "28", label: "28 days" },
];

const NAIVE: Record<string, string> = {
  naive_day: "the same hour yesterday",
  naive_week: "the same hour last week",
  seasonal_naive: "that hour's last four weeks",
  last_hour: "the last hour",
};

export function QualityCard({ node }: { node: string }) {
  const [days, setDays] = useState("28");
  const query = useAccuracy(node, Number(days));
  return (
    <section className="card">
      <div className="card-head" style={{ alignItems: "center" }}>
        <h2>How good it was</h2>
        <SegmentedControl
          size="xs"
          aria-label="Days that are looked at"
          value={days}
          onChange={setDays}
          data={DAYS}
        />
      </div>
      <Loaded query={query} lines={1}>
        {(found) => <Quality found={found} />}
      </Loaded>
    </section>
  );
}

function Quality({ found }: { found: Accuracy }) {
  const { day_ahead, next_hour, by_lead_hour } = found;
  if (!day_ahead && !next_hour) {
    return <p className="dim small">No forecast was followed by a measurement yet; the first one takes an hour.</p>;
  }
  return (
    <>
      {day_ahead && <Errors title="24 hours ahead" error={day_ahead} />}
      {next_hour && <Errors title="Next hour" error={next_hour} />}
      {by_lead_hour.some((row) => row.nrmse_percent !== null) && (
        <>
          <h3 className="section-title">Error by how far ahead</h3>
          <Lines
            lines={[
              { name: "Forecast", colour: "var(--forecast)", values: by_lead_hour.map((row) => row.nrmse_percent) },
              {
                name: "Best naive",
                colour: "var(--faint)",
                values: by_lead_hour.map((row) => row.naive_nrmse_percent),
                dashed: true,
              },
            ]}
            place={(i) => `${i + 1} h`}
            marks={[0, 5, 11, 17, 23]}
            format={one}
            unit="%"
            height={110}
            label="Error of the forecast and of the best naive one, by hours ahead"
          />
        </>
      )}
    </>
  );
}

const percent = (value: number | null) => (value === null ? NO_DATA : `${one(value)} %`);

function Errors({ title, error }: { title: string; error: HorizonError }) {
  const { nrmse_percent: ours, naive } = error;
  const theirs = naive?.nrmse_percent ?? null;
  return (
    <>
      <h3 className="section-title">{title}</h3>
      {ours !== null && theirs !== null && (
        <p style={{ margin: "0 0 4px" }}>
          <span className={`tag ${ours <= theirs ? "good" : "bad"}`}>
            {one(Math.abs(100 * (1 - ours / (theirs || 1))))} % {ours <= theirs ? "better" : "worse"} than naive
          </span>
        </p>
      )}
      <dl className="facts">
        <Fact name="Error (NRMSE)">{percent(ours)}</Fact>
        {naive && <Fact name={`Naive: ${NAIVE[naive.name] ?? naive.name}`}>{percent(theirs)}</Fact>}
        <Fact name="Mean error by load (MAPE)">{percent(error.mape_percent)}</Fact>
        <Fact name="Bias">{bias(error.nmbe_percent)}</Fact>
        <Fact name="Within the 80 % band">{percent(error.coverage80_percent)}</Fact>
        <Fact name="Judged">{plural(error.hours, "hour")}</Fact>
      </dl>
    </>
  );
}

/** Below zero the forecasts were too high. */
function bias(nmbe: number | null): string {
  if (nmbe === null) return NO_DATA;
  if (Math.abs(nmbe) < 0.05) return "none";
  return `${one(Math.abs(nmbe))} % too ${nmbe < 0 ? "high" : "low"}`;
}
