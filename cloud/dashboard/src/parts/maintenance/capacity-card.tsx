// The peaks of the months against the limit of the connection.

import { useCapacity, type Capacity } from "../../api/maintenance";
import { kw, NO_DATA, one } from "../../format";
import { Card, Fact } from "../cards";
import { Loaded } from "../states";
import { Value } from "../value";
import { CapacityChart, monthName } from "./capacity-chart";

export function CapacityCard({ node }: { node: string }) {
  const query = useCapacity(node);
  return (
    <Card title="Capacity of the connection" aside={query.data && <Room capacity={query.data} />}>
      <Loaded query={query} lines={1}>
        {(capacity) => <Known capacity={capacity} />}
      </Loaded>
    </Card>
  );
}

function Room({ capacity: { headroom_kw } }: { capacity: Capacity }) {
  if (headroom_kw === null) return null;
  return headroom_kw < 0 ? <span className="tag bad">Above its limit</span> : <span className="tag good">Within its limit</span>;
}

function Known({ capacity }: { capacity: Capacity }) {
  const { limit_kw, headroom_kw, growth_percent_per_year: growth, exceeded_by, why_none } = capacity;
  return (
    <>
      <Value value={headroom_kw} size="large" />
      {headroom_kw !== null && limit_kw !== null && <span className="dim small"> left of {kw(limit_kw)} kW</span>}
      {limit_kw === null && (
        <p className="dim small" style={{ margin: "6px 0 0" }}>
          Its limit is not known: give the place <code>connection_limit_kw</code> in the campus file.
        </p>
      )}
      {capacity.months.length > 0 && <CapacityChart capacity={capacity} />}
      {why_none !== null && <p className="dim small">No month to come can be told: {why_none}.</p>}
      {growth && (
        <dl className="facts">
          <Fact name="Peaks grow by">
            {one(growth.likely)} % a year <span className="dim">({one(growth.low)} to {one(growth.high)})</span>
          </Fact>
          {limit_kw !== null &&
            exceeded_by.map(({ probability_percent, month }) => (
              <Fact key={probability_percent} name={`Exceeded, ${probability_percent} % likely, by`}>
                {month === null ? "not in ten years" : monthName(month, "long")}
              </Fact>
            ))}
        </dl>
      )}
      {!growth && why_none === null && <p className="dim small">{NO_DATA}</p>}
    </>
  );
}
