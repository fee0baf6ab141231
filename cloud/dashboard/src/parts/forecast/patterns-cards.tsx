// What is usual here: days, weeks, months; and what could be saved.

import { usePatterns, type Opportunity, type Patterns } from "../../api/forecast";
import { count, kw, money, NO_DATA, one, plural } from "../../format";
import { Card, Fact } from "../cards";
import { Lines } from "../lines";
import { Loaded } from "../states";
import { Value } from "../value";
import { Months } from "./months";
import { Week } from "./week";

const COLOURS: Record<string, string> = {
  "working day": "var(--load)",
  Saturday: "var(--solar)",
  Sunday: "var(--kind-equipment)",
  "holiday or closed": "var(--faint)",
};

export function PatternsCards({ node }: { node: string }) {
  const query = usePatterns(node);
  return (
    <Loaded query={query} lines={2}>
      {(found) =>
        found.figures === null ? (
          <Card title="Patterns">
            <Value value={null} />
            <p className="dim small">Patterns need a whole day: {found.why_none}.</p>
          </Card>
        ) : (
          <Cards found={found} figures={found.figures} />
        )
      }
    </Loaded>
  );
}

function Cards({ found, figures }: { found: Patterns; figures: NonNullable<Patterns["figures"]> }) {
  return (
    <div className="grid patterns">
      <Card title="Usual day" aside={<span className="dim small">{plural(figures.days, "day")}</span>}>
        <Lines
          lines={found.profiles.map(({ type, days, hours }) => ({
            name: `${capital(type)} (${days})`,
            colour: COLOURS[type] ?? "var(--muted)",
            values: hours.map((hour) => hour.mean_kw),
          }))}
          place={(i) => `${i} h`}
          marks={[0, 6, 12, 18, 23]}
          format={kw}
          unit="kW"
          label="Mean load of each hour, by type of day"
        />
      </Card>
      <Card title="Usual week">
        <Week week={found.week} />
      </Card>
      <Card title="At least and at most">
        <dl className="facts">
          <Fact name="Never less than about">{`${kw(figures.base_kw)} kW`}</Fact>
          <Fact name="On average">{`${kw(figures.mean_kw)} kW`}</Fact>
          <Fact name="Highest hour">{`${kw(figures.peak_kw)} kW`}</Fact>
          <Fact name="Load factor">{figures.load_factor === null ? NO_DATA : one(figures.load_factor * 100) + " %"}</Fact>
          <Fact name="Usually highest">
            {figures.peak_hour === null ? NO_DATA : `${figures.peak_hour} to ${figures.peak_hour + 1} h`}
          </Fact>
        </dl>
      </Card>
      <Card title="Months">
        <Months months={found.months} />
      </Card>
      <Card title="What stands out">
        {found.stands_out.length === 0 ? (
          <p className="dim small">Nothing yet: a few more weeks tell more.</p>
        ) : (
          <ul className="said">
            {found.stands_out.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </Card>
      <Card title="Could be saved">
        <Opportunities found={found.opportunities} />
      </Card>
    </div>
  );
}

function Opportunities({ found }: { found: Opportunity[] }) {
  if (found.length === 0) {
    return <p className="dim small">Nothing was found that the data shows for certain.</p>;
  }
  return (
    <ul className="said opportunities">
      {found.map(({ kind, sentence, how, kwh_per_year, cost_per_year, currency, kw: lower_kw }) => (
        <li key={kind}>
          <b>
            {kwh_per_year !== null && `Up to ${count(kwh_per_year)} kWh a year`}
            {cost_per_year !== null && `, ${money(cost_per_year, currency)}`}
            {lower_kw !== null && `${kw(lower_kw)} kW off the peak`}
          </b>
          <br />
          {sentence}
          <details>
            <summary>How this is computed</summary>
            {how}
          </details>
        </li>
      ))}
    </ul>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
