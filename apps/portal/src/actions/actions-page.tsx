import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useApi } from "../api/api-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { FactsTable } from "../shared/facts-table.tsx";
import { ago, number } from "../texts/format.ts";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { type ActionRow, actionRows } from "./action-rows.ts";

const COUNTED = 100;
/** Rows drawn before somebody asks for all. */
const SHOWN = 100;

interface ActionsPageProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** The catalog: every action there is, what it means, how often it came in and when it was last seen. */
export default function ActionsPage({ view, zone }: ActionsPageProps) {
  const api = useApi();
  const [filter, setFilter] = useState("");
  const [isAll, setAll] = useState(false);
  const { data: catalog, error } = useQuery({ queryKey: ["actions"], queryFn: ({ signal }) => api.actions(signal) });
  const { data: counts } = useQuery({
    queryKey: ["action-counts"],
    queryFn: ({ signal }) =>
      api.facets({ query: "", fromMs: undefined, toMs: undefined, fields: ["action"], limit: COUNTED }, signal),
  });
  const rows = useMemo(
    () => (catalog === undefined ? [] : actionRows(catalog, counts?.facets.action ?? [])),
    [catalog, counts],
  );
  const wanted = filter.trim().toLowerCase();
  const found = rows.filter((row) =>
    `${row.action} ${row.category ?? ""} ${row.description ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <Page title={t.pages.actions} lead={t.actions.lead}>
      {catalog === undefined ? (
        <PageProblem error={error} />
      ) : rows.length === 0 ? (
        <>
          <WhoChanges refusal={catalog.write_refusal} />
          <p>{t.actions.none}</p>
        </>
      ) : (
        <>
          <WhoChanges refusal={catalog.write_refusal} />
          <p className="page-filter">
            <label htmlFor="action-filter">{t.actions.filter}</label>
            <input
              id="action-filter"
              type="search"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
            <span className="quiet" role="status">
              {t.actions.count(found.length)}
            </span>
          </p>
          <FactsTable
            label={t.pages.actions}
            columns={[
              t.actions.action,
              t.actions.category,
              t.actions.sentence,
              t.actions.first,
              t.actions.last,
              { name: t.actions.events, look: "number" },
            ]}
          >
            {found.slice(0, isAll ? found.length : SHOWN).map((row) => (
              <Row key={row.action} row={row} view={view} zone={zone} />
            ))}
          </FactsTable>
          {!isAll && found.length > SHOWN && (
            <button type="button" className="button" onClick={() => setAll(true)}>
              {t.actions.all(found.length)}
            </button>
          )}
        </>
      )}
    </Page>
  );
}

interface RowProps {
  readonly row: ActionRow;
  readonly view: View;
  readonly zone: string;
}

function Row({ row, view, zone }: RowProps) {
  const query = writeTerm("action", row.action);
  return (
    <tr>
      <th scope="row">
        <a href={formatView({ ...PLAIN_VIEW, zone: view.zone, query })}>{row.action}</a>
        {!row.isDeclared && <span className="tag">{t.actions.undeclared}</span>}
      </th>
      <td>{row.category}</td>
      <td>{row.description}</td>
      <td>{row.firstSeen === null ? t.actions.never : showMinute(row.firstSeen, zone)}</td>
      <td>
        <LastSeen at={row.lastSeen} zone={zone} />
      </td>
      <td className="is-number">{row.count === undefined ? "" : number(row.count)}</td>
    </tr>
  );
}

function LastSeen({ at, zone }: { readonly at: string | null | undefined; readonly zone: string }) {
  if (at === undefined) return <span className="quiet">{t.actions.unknown}</span>;
  if (at === null) return t.actions.never;
  return (
    <time dateTime={at} title={showMinute(at, zone)}>
      {ago(Date.parse(at), Date.now())}
    </time>
  );
}

/** Who can change the catalog: it holds for all logs of its project. */
function WhoChanges({ refusal }: { readonly refusal: string | null }) {
  const text =
    refusal === null ? t.actions.yours : refusal === "catalog_shared" ? t.actions.shared : t.actions.notYours;
  return (
    <p className="quiet">
      <Rich text={text} />
    </p>
  );
}
