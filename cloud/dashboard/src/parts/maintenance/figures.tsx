// Figures at first and now.

import type { Figure } from "../../api/maintenance";
import { kw, NO_DATA } from "../../format";
import { Fact } from "../cards";

type Props = { figures: Figure[]; before: string; after: string };

export function Figures({ figures, before, after }: Props) {
  return (
    <dl className="facts figures">
      {figures.map((figure) => (
        <Fact key={figure.name} name={figure.name}>
          {figure.after === null ? NO_DATA : shown(figure.after, figure.unit)}
          {figure.before !== null && (
            <span className="dim">
              {" "}
              {after}, {shown(figure.before, figure.unit)} {before}
            </span>
          )}
        </Fact>
      ))}
    </dl>
  );
}

const shown = (value: number, unit: string) => (unit === "1" ? kw(value) : `${kw(value)} ${unit}`);
