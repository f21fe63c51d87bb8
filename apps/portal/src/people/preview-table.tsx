import { sentence } from "../shared/explain-problem.ts";
import { FactsTable } from "../shared/facts-table.tsx";
import { plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import type { PreviewedChange, PreviewedLine } from "./subject-answers.ts";

/** Lines shown of each upload: enough to see whether it is the right file. */
const SHOWN = 200;

interface PreviewTableProps {
  readonly lines: readonly PreviewedLine[];
}

/** What an upload would change, person by person; those of whom nothing changes are only counted. */
export function PreviewTable({ lines }: PreviewTableProps) {
  const rows = lines.map((line, i) => ({ line, no: i + 1 })).filter(({ line }) => line.status !== "unchanged");
  const count = (status: PreviewedLine["status"]) => lines.filter((line) => line.status === status).length;
  return (
    <>
      <p role="status">
        {t.people.previewed({ fresh: count("new"), changed: count("changed"), rejected: count("rejected") })}{" "}
        {plural(count("unchanged"), t.people.unchanged)}
      </p>
      {rows.length > 0 && (
        <FactsTable label={t.people.preview} columns={[t.people.row, t.people.becomes, t.people.whatChanges]}>
          {rows.slice(0, SHOWN).map(({ line, no }) => (
            <tr key={no}>
              <td>{no}</td>
              <td>
                <span className={`tag${line.status === "rejected" ? " is-bad" : ""}`}>
                  {t.people.states[line.status]}
                </span>
              </td>
              <td>
                {line.status === "rejected"
                  ? sentence(line.error.message)
                  : line.changes.map((change) => <Change key={keyOf(change)} change={change} />)}
              </td>
            </tr>
          ))}
        </FactsTable>
      )}
      {rows.length > SHOWN && <p className="quiet">{t.people.andMore("…", rows.length - SHOWN)}</p>}
    </>
  );
}

function Change({ change: { field, before, after } }: { readonly change: PreviewedChange }) {
  return (
    <span className="under">
      {t.people.fields[field]}: {before !== null && <del>{words(before)}</del>} {before !== null && "→ "}
      {words(after)}
    </span>
  );
}

function words(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.length === 0 ? t.people.noGroups : value.join(", ");
}

function keyOf({ field, after }: PreviewedChange): string {
  return `${field} ${words(after)}`;
}
