import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ExportJob } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { problemOf } from "../api/problem.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { explainProblem } from "../shared/explain-problem.ts";
import { t } from "../texts/texts.ts";
import { rangeName } from "../timeline/range-picker.tsx";
import { ALL_TIME, type TimeRange } from "../view/range.ts";
import { showMinute } from "../view/times.ts";
import { formatView, PLAIN_VIEW } from "../view/view.ts";
import { ExportProgress } from "./export-progress.tsx";
import { useExports } from "./use-exports.ts";

/** The exports of the tenant, until they expire. */
export default function ExportsPage({ zone }: { readonly zone: string }) {
  const api = useApi();
  const client = useQueryClient();
  const { jobs, error } = useExports({ isOn: true });
  const remove = useMutation({
    mutationFn: (id: string) => api.deleteExport(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["exports"] }),
  });
  const removal = remove.error === null ? undefined : problemOf(remove.error);
  return (
    <Page title={t.pages.exports} lead={t.exports.lead}>
      {removal !== undefined && (
        <p className="mistake" role="alert">
          {explainProblem(removal).title}
        </p>
      )}
      {jobs === undefined ? (
        <PageProblem error={error} />
      ) : jobs.length === 0 ? (
        <p>
          {t.exports.none} <a href={formatView(PLAIN_VIEW)}>{t.exports.toEvents}</a>
        </p>
      ) : (
        <ul className="cards">
          {jobs.map((job) => (
            <li key={job.id} className="card">
              <Job job={job} zone={zone} onRemove={() => remove.mutate(job.id)} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

interface JobProps {
  readonly job: ExportJob;
  readonly zone: string;
  readonly onRemove: () => void;
}

function Job({ job, zone, onRemove }: JobProps) {
  const range = rangeOf(job);
  return (
    <>
      <h2>
        {t.exports.formats[job.format]}
        <span className="quiet"> {showMinute(job.created_at, zone)}</span>
      </h2>
      <p>
        {job.q === undefined ? (
          allOf(job)
        ) : (
          <a href={formatView({ ...PLAIN_VIEW, query: job.q, range })}>
            <code>{job.q}</code>
          </a>
        )}
        {range.kind === "between" && <span className="quiet"> {rangeName(range, zone)}</span>}
      </p>
      <ExportProgress job={job} />
      <p className="quiet">{t.exports.expires(showMinute(job.expires_at, zone))}</p>
      <button type="button" className="button" onClick={onRemove}>
        {job.state === "running" || job.state === "queued" ? t.exports.cancel : t.exports.remove}
      </button>
    </>
  );
}

function allOf({ as_of }: ExportJob): string {
  return as_of === null ? t.exports.everythingReadable : t.exports.everything;
}

function rangeOf({ from, to }: ExportJob): TimeRange {
  const [fromMs, toMs] = [from, to].map((moment) => (moment === undefined ? undefined : Date.parse(moment)));
  return fromMs === undefined && toMs === undefined ? ALL_TIME : { kind: "between", fromMs, toMs };
}
