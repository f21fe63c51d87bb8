import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useState } from "react";
import { EXPORT_FORMATS, type ExportFormat } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { problemOf } from "../api/problem.ts";
import { columnOf } from "../list/columns.ts";
import type { RowsState } from "../rows/rows.ts";
import { Dialog } from "../shared/dialog.tsx";
import { explainProblem } from "../shared/explain-problem.ts";
import { listOf, plural } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { rangeName } from "../timeline/range-picker.tsx";
import type { Bounds } from "../view/range.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { ExportProgress } from "./export-progress.tsx";
import { orderOf } from "./order-of.ts";
import { useExports } from "./use-exports.ts";

interface ExportDialogProps {
  readonly view: View;
  readonly columns: readonly string[];
  /** IANA name. */
  readonly zone: string;
  readonly bounds: Bounds;
  readonly state: RowsState;
  readonly onClose: () => void;
}

/** Takes what is on the screen away as a file, and says beforehand what will be in it. */
export function ExportDialog({ view, columns, zone, bounds, state, onClose }: ExportDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const [format, setFormat] = useState<ExportFormat>("csv");
  const [isCompact, setCompact] = useState(true);
  const create = useMutation({
    mutationFn: () => api.createExport(orderOf({ format, view, bounds, columns, zone, isCompact })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["exports"] }),
  });
  const { jobs } = useExports({ isOn: create.data !== undefined });
  const job = jobs?.find(({ id }) => id === create.data?.id) ?? create.data;
  const problem = create.error === null ? undefined : problemOf(create.error);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Dialog title={t.exports.title} onClose={onClose}>
      {job === undefined ? (
        <form className="export-form" onSubmit={submit}>
          <fieldset>
            <legend className="hidden">{t.exports.format}</legend>
            {EXPORT_FORMATS.map((each) => (
              <label key={each} className="option">
                <input type="radio" name="format" checked={format === each} onChange={() => setFormat(each)} />
                <span>
                  <strong>{t.exports.formats[each]}</strong>
                  <span className="quiet">{t.exports.about[each]}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {format === "evidence" && (
            <label className="check">
              <input type="checkbox" checked={isCompact} onChange={(event) => setCompact(event.target.checked)} />
              {t.exports.compact}
            </label>
          )}
          <dl className="facts">
            <Fact name={t.exports.what}>
              {state.total === null ? t.exports.matching : plural(state.total.count, t.list.events)}
              {view.query.trim() !== "" && (
                <>
                  {": "}
                  <code>{view.query}</code>
                </>
              )}
            </Fact>
            <Fact name={t.exports.when}>
              {rangeName(view.range, zone)}, {zone}
            </Fact>
            {format !== "evidence" && <Fact name={t.exports.order}>{orderName(view.sort)}</Fact>}
            {format === "csv" && (
              <Fact name={t.exports.columns}>{listOf(columns.map((name) => columnOf(name).label))}</Fact>
            )}
          </dl>
          <p className="quiet">{t.exports.asOf}</p>
          {problem !== undefined && (
            <p className="mistake" role="alert">
              {explainProblem(problem).title}. {explainProblem(problem).text}
            </p>
          )}
          <p className="notice-actions">
            <button type="submit" className="button primary" disabled={create.isPending}>
              {t.exports.make}
            </button>
          </p>
        </form>
      ) : (
        <>
          <ExportProgress job={job} />
          <p className="quiet">
            {t.exports.background} <a href={formatView({ ...PLAIN_VIEW, page: "exports" })}>{t.exports.all}</a>
          </p>
        </>
      )}
    </Dialog>
  );
}

function orderName({ field, order }: View["sort"]): string {
  if (field === "occurred_at") return order === "desc" ? t.exports.newestFirst : t.exports.oldestFirst;
  const { label } = columnOf(field);
  return order === "desc" ? t.exports.descending(label) : t.exports.ascending(label);
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
