import type { EventChange, Json } from "@cairn/event";
import { writeTerm } from "../event/filter-term.ts";
import { showValue } from "../event/leaves.ts";
import { FilterButton, type OnFilter } from "../list/filter-button.tsx";
import { t } from "../texts/texts.ts";
import { type DiffPart, diffWords } from "./diff.ts";

interface ChangesProps {
  readonly changes: readonly EventChange[];
  readonly onFilter: OnFilter;
}

/** What changed, before and after side by side, with the words that differ. */
export function Changes({ changes, onFilter }: ChangesProps) {
  return (
    <section className="group">
      <h3>{t.detail.changes}</h3>
      <table className="changes">
        <thead>
          <tr>
            <th scope="col">{t.detail.field}</th>
            <th scope="col">{t.detail.before}</th>
            <th scope="col">{t.detail.after}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change, i) => (
            // A field may change twice in one event; the order is all that tells them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: an event never changes
            <Change key={i} change={change} onFilter={onFilter} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Change({ change, onFilter }: { readonly change: EventChange; readonly onFilter: OnFilter }) {
  const isBoth = change.before !== undefined && change.after !== undefined;
  const sides = isBoth ? diffWords(textOf(change.before), textOf(change.after)) : undefined;
  return (
    <tr>
      <th scope="row">
        <FilterButton term={writeTerm("changes.field", change.field)} onFilter={onFilter}>
          {change.field}
        </FilterButton>
      </th>
      <td>
        <Side value={change.before} parts={sides?.before} kind="before" />
      </td>
      <td>
        <Side value={change.after} parts={sides?.after} kind="after" />
      </td>
    </tr>
  );
}

interface SideProps {
  readonly value: Json | undefined;
  /** Where the other side is known: what differs from it. */
  readonly parts: readonly DiffPart[] | undefined;
  readonly kind: "before" | "after";
}

function Side({ value, parts, kind }: SideProps) {
  if (value === undefined) return <span className="quiet">{t.detail.notRecorded}</span>;
  if (value === "") return <span className="quiet">{t.detail.emptyValue}</span>;
  const shown = parts ?? [{ text: textOf(value), isChanged: true }];
  const Mark = kind === "before" ? "del" : "ins";
  return (
    <span className="change-side">
      {shown.map(({ text, isChanged }, i) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: an event never changes
        return isChanged ? <Mark key={i}>{text}</Mark> : <span key={i}>{text}</span>;
      })}
    </span>
  );
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "object" && value !== null ? JSON.stringify(value, undefined, 2) : showValue(value);
}
