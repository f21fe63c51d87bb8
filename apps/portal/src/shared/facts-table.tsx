import type { ReactNode } from "react";
import { t } from "../texts/texts.ts";

/** A column's head: its name, and how it looks where it is not plain text. */
export type Column = string | { readonly name: string; readonly look: "number" | "hidden" };

/** The column of what can be done with a row: only those who do not see the buttons need its name. */
export const DEEDS: Column = { name: t.members.deeds, look: "hidden" };

interface FactsTableProps {
  /** What is listed: the table's name for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column[];
  /** The rows. */
  readonly children: ReactNode;
}

/** A table that scrolls sideways within the page where it is too wide for it. */
export function FactsTable({ label, columns, children }: FactsTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it sideways
    <section className="table-scroll" aria-label={label} tabIndex={0}>
      <table className="facts-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={nameOf(column)} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

function nameOf(column: Column): string {
  return typeof column === "string" ? column : column.name;
}

function Head({ column }: { readonly column: Column }) {
  if (typeof column === "string") return <th scope="col">{column}</th>;
  return (
    <th scope="col" className={column.look === "number" ? "is-number" : undefined}>
      {column.look === "hidden" ? <span className="hidden">{column.name}</span> : column.name}
    </th>
  );
}

interface DeedProps {
  readonly text: string;
  /** The text with what it is done to, for those who hear it alone. */
  readonly label: string;
  readonly onDo: () => void;
}

/** A button of a row. */
export function Deed({ text, label, onDo }: DeedProps) {
  return (
    <button type="button" className="button" aria-label={label} onClick={onDo}>
      {text}
    </button>
  );
}
