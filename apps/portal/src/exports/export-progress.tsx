import type { ExportJob } from "../api/answers.ts";
import { sentence } from "../shared/explain-problem.ts";
import { fileSize, number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { FileLink } from "./file-link.tsx";

/** How far an export is, and its file when it is done. */
export function ExportProgress({ job }: { readonly job: ExportJob }) {
  const { state, progress, file, error } = job;
  const { done, total } = progress;
  switch (state) {
    case "queued":
      return <p role="status">{t.exports.queued}</p>;
    case "running":
      return (
        <div className="export-running">
          <progress value={done} max={Math.max(1, total ?? 0)} aria-label={t.exports.progress} />
          <span>{total === null || total === 0 ? number(done) : t.exports.of(number(done), number(total))}</span>
        </div>
      );
    case "failed":
      return (
        <p className="mistake" role="status">
          {t.exports.failed(error === undefined ? "" : sentence(error.message))}
        </p>
      );
    case "done":
      return file === null ? (
        <p role="status">{t.exports.gone}</p>
      ) : (
        <div role="status">
          <p>{t.exports.done(number(done), fileSize(file.bytes))}</p>
          <FileLink name={file.name} url={file.url} />
        </div>
      );
  }
}
