import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cairn, ExportJob, ExportRequest } from "@cairn/sdk";
import { defineCommand } from "../command/command.ts";
import { CONNECTION_OPTIONS, connect, JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import { CliFailure } from "../command/failure.ts";
import type { CliIo } from "../command/io.ts";
import { nearest } from "../command/nearest.ts";
import type { OptionSpecs, OptionValues } from "../command/option.ts";
import { createProgressBar, type ProgressBar } from "../command/progress-bar.ts";
import { RANGE_OPTIONS, rangeOf } from "../command/query-options.ts";
import { UsageError } from "../command/usage-error.ts";
import { downloadExport } from "./download.ts";
import { isFreeForBundle, unpackBundle } from "./unpack.ts";

const FORMATS = ["csv", "ndjson", "parquet"] as const;

const OPTIONS = {
  ...CONNECTION_OPTIONS,
  q: { kind: "text", placeholder: "QUERY", description: "which events; all of them when absent" },
  ...RANGE_OPTIONS,
  format: { kind: "text", placeholder: "F", description: `${FORMATS.join(", ")}; csv unless given` },
  evidence: { kind: "flag", description: "an evidence bundle instead, unpacked into the directory" },
  compact: { kind: "flag", description: "evidence as proofs of the chosen events, without the whole log" },
  columns: { kind: "text", placeholder: "A,B,…", description: "columns of a table" },
  tz: { kind: "text", placeholder: "ZONE", description: "time zone for times in a table" },
  out: { kind: "text", placeholder: "DIR", description: "where the file goes" },
  job: { kind: "text", placeholder: "ID", description: "fetch an export that was begun before, in place of a new one" },
  ...JSON_OPTION,
} as const satisfies OptionSpecs;

/** How often a job is asked how far it is. */
const POLL_MS = 300;
/** An export takes its time, and so may a restart in the middle of it. */
const GIVE_UP_AFTER_MS = 60_000;

/** `cairn export`: makes a table or an evidence bundle on the server and fetches it. */
export const exportCommand = defineCommand({
  name: "export",
  summary: "fetch a table of events, or an evidence bundle",
  usage: "cairn export --out DIR [--q QUERY] [--format csv|ndjson|parquet | --evidence [--compact]] [options]",
  options: OPTIONS,
  notes: `
The content is as of the moment the export began. A download that breaks off goes on where it was, also in a later run
with --job. Its SHA-256 is compared with the server's.`,
  async act({ values, positionals, io }) {
    if (positionals.length > 0) throw new UsageError("the query goes behind --q");
    const { out } = values;
    if (out === undefined) throw new UsageError("--out is missing: where does the file go?");
    const request = requestOf(values);
    if (values.evidence && !(await isFreeForBundle(out))) {
      throw new UsageError(`${out} is not empty: a bundle goes into a directory of its own`);
    }
    const cairn = connect(values, { readRetry: { giveUpAfterMs: GIVE_UP_AFTER_MS } });
    const progress = createProgressBar(io.stderr);
    const begun = values.job === undefined ? await cairn.exports.create(request) : await cairn.exports.get(values.job);
    const job = await finished(begun, { cairn, progress, io });
    await mkdir(out, { recursive: true });
    const result = values.evidence
      ? await fetchBundle(job, { cairn, progress, io, out })
      : { ...(await fetchFile(job, { cairn, progress, io, out })), files: 1 };
    await progress.clear();
    const { name, bytes, sha256 } = job.file;
    const summary = values.json
      ? JSON.stringify({ id: job.id, path: result.path, bytes, sha256, files: result.files, as_of: job.as_of })
      : `${result.path}: ${values.evidence ? `${result.files} files of ${name}` : `${bytes} bytes`}, sha256 ${sha256}`;
    await io.stdout.write(`${summary}\n`);
    return EXIT.done;
  },
});

function requestOf(values: OptionValues<typeof OPTIONS>): ExportRequest {
  const { q, format, columns, tz, evidence, compact } = values;
  if (compact && !evidence) throw new UsageError("--compact goes with --evidence");
  if (evidence && format !== undefined) throw new UsageError("--format does not go with --evidence");
  const known = FORMATS.find((each) => each === (format ?? "csv"));
  if (known === undefined) {
    const suggestion = nearest(format ?? "", FORMATS);
    throw new UsageError(
      `there is no format ${format}; ${suggestion === undefined ? "use" : "did you mean"} ${suggestion ?? FORMATS.join(", ")}`,
    );
  }
  return {
    ...(q === undefined ? {} : { q }),
    ...rangeOf(values),
    format: evidence ? "evidence" : known,
    ...(columns === undefined ? {} : { columns: columns.split(",").map((column) => column.trim()) }),
    ...(tz === undefined ? {} : { tz }),
    ...(compact ? { compact } : {}),
  };
}

type FinishedJob = ExportJob & { readonly file: NonNullable<ExportJob["file"]> };

interface Run {
  readonly cairn: Pick<Cairn, "exports">;
  readonly progress: ProgressBar;
  readonly io: CliIo;
}

async function finished(begun: ExportJob, { cairn, progress, io }: Run): Promise<FinishedJob> {
  let job = begun;
  while (job.state === "queued" || job.state === "running") {
    await progress.update({ ...job.progress, text: `${job.progress.done} of ${job.progress.total} events` });
    await sleep(POLL_MS, undefined, { signal: io.signal }).catch(() => {
      throw new CliFailure(`interrupted; fetch it later with --job ${job.id}`, { exitCode: EXIT.interrupted });
    });
    job = await cairn.exports.get(job.id);
  }
  const { state, file, error } = job;
  if (state === "failed" || file === null) {
    throw new CliFailure(`the export failed: ${error === undefined ? "the server does not say why" : error.message}`);
  }
  return { ...job, file };
}

/** Fetches the file under the name that the server gives it, which is only ever a name. */
async function fetchFile(job: FinishedJob, run: Run & { readonly out: string }): Promise<{ readonly path: string }> {
  const { cairn, progress, io, out } = run;
  const name = basename(job.file.name.replaceAll("\\", "/"));
  if (name === "" || name.startsWith(".")) throw new CliFailure("the server gives the file no name that can be used");
  const path = join(out, name);
  const total = job.file.bytes;
  await downloadExport({
    cairn,
    job,
    path,
    signal: io.signal,
    onProgress: (done) => progress.update({ done, total, text: `${done} of ${total} bytes` }),
  });
  return { path };
}

async function fetchBundle(
  job: FinishedJob,
  run: Run & { readonly out: string },
): Promise<{ readonly path: string; readonly files: number }> {
  const { path } = await fetchFile(job, run);
  const files = await unpackBundle(path, run.out);
  await rm(path);
  return { path: run.out, files };
}
