import type { ReactNode } from "react";
import { ToPerson } from "../people/to-person.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";

export interface RankedRow {
  readonly label: string;
  readonly count: number;
  /** Where the events behind the number are. */
  readonly href: string;
  /** Subject reference, where the value is a person. */
  readonly person?: string | undefined;
}

/** Values and how often they occur; each leads to its events, and a person to all that is recorded of them, too. */
export function Ranked({ title, rows }: { readonly title: string; readonly rows: readonly RankedRow[] | undefined }) {
  const most = Math.max(1, ...(rows ?? []).map(({ count }) => count));
  return (
    <Panel title={title}>
      {rows === undefined ? (
        <p className="quiet">{t.loading}</p>
      ) : rows.length === 0 ? (
        <p className="quiet">{t.overview.nothing}</p>
      ) : (
        <ul className="ranked">
          {rows.map(({ label, count, href, person }) => (
            <li key={href}>
              <a href={href}>
                <span className="ranked-name">{label}</span>
                <span className="ranked-count">{number(count)}</span>
                <meter value={count} max={most} aria-hidden="true" />
              </a>
              {person !== undefined && <ToPerson person={person} name={label} />}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface PanelProps {
  readonly title: string;
  readonly note?: string;
  /** Whether it stands beside others, or takes a row for itself. */
  readonly width?: "column" | "full";
  readonly children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Panel({ title, note, width = "column", children }: PanelProps) {
  return (
    <section className={`panel panel-${width}`}>
      <h2>{title}</h2>
      {note !== undefined && <p className="quiet">{note}</p>}
      {children}
    </section>
  );
}
