import { createWriteStream, type WriteStream } from "node:fs";
import { resolve } from "node:path";
import type { Cairn } from "@cairn/sdk";
import { defineCommand } from "../command/command.ts";
import { CONNECTION_OPTIONS, connect, JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import type { CliIo } from "../command/io.ts";
import { nearest } from "../command/nearest.ts";
import type { OptionSpecs, OptionValues } from "../command/option.ts";
import { printable } from "../command/printable.ts";
import { createProgressBar } from "../command/progress-bar.ts";
import { UsageError } from "../command/usage-error.ts";
import { parseCloudTrailRecord } from "./cloudtrail-records.ts";
import { type CsvOptions, readCsv } from "./csv-records.ts";
import { type DesktopImport, readDesktop } from "./desktop-records.ts";
import { detectFormat, IMPORT_FORMATS, type ImportFormat } from "./detect-format.ts";
import { type FoundFile, findFiles } from "./find-files.ts";
import { createImporter, MAX_BATCH_EVENTS } from "./importer.ts";
import { readJson } from "./json-records.ts";
import { readNdjson } from "./ndjson-records.ts";
import { type Input, openInput } from "./open-input.ts";
import { readRetracedExport, readWorkosCsv } from "./peer-records.ts";
import type { FileRecord } from "./record.ts";
import { openResumeState, type ResumeState } from "./resume-state.ts";
import { describeRefusal, emptyTally, type RefusalSink, type Tally } from "./tally.ts";

const OPTIONS = {
  ...CONNECTION_OPTIONS,
  format: { kind: "text", placeholder: "F", description: `${IMPORT_FORMATS.join(", ")}; found out when absent` },
  source: { kind: "text", placeholder: "S", description: "source of events that name none" },
  map: { kind: "list", placeholder: "COLUMN=FIELD", description: "CSV: what a column is" },
  set: { kind: "list", placeholder: "FIELD=VALUE", description: "CSV: value of a field where a row has none" },
  delimiter: { kind: "text", placeholder: "C", description: "CSV: what separates columns; found out when absent" },
  site: { kind: "text", placeholder: "S", description: "desktop: the workstation or site the rows come from" },
  zone: { kind: "text", placeholder: "ZONE", description: "desktop: IANA zone of its clock, such as Europe/Berlin" },
  table: { kind: "text", placeholder: "T", description: "desktop: table of a SQLite file; found out when absent" },
  resume: { kind: "text", placeholder: "FILE", description: "keep in FILE how far it is, and go on from there" },
  refused: { kind: "text", placeholder: "FILE", description: "write refused records to FILE, one JSON object a line" },
  "max-errors": { kind: "integer", description: "errors shown; 100 unless given, all are counted" },
  "batch-events": { kind: "integer", min: 1, description: "events in one request; 500 unless given" },
  concurrency: { kind: "integer", min: 1, description: "requests at a time; 2 unless given" },
  "give-up-after": {
    kind: "integer",
    placeholder: "SECONDS",
    description: "how long to wait for a server that went away; 60",
  },
  ...JSON_OPTION,
} as const satisfies OptionSpecs;

const DEFAULTS = { maxErrors: 100, batchEvents: 500, concurrency: 2, giveUpAfterSeconds: 60 } as const;
/** A server that is not there from the start is to be said soon. */
const FIRST_GIVE_UP_MS = 3_000;

/** `cairn import`: sends the events of files. Doing it twice creates nothing twice. */
export const importCommand = defineCommand({
  name: "import",
  summary: "record the events of files",
  usage: "cairn import FILE… [options]",
  options: OPTIONS,
  notes: `
A directory stands for the files in it. They are NDJSON, JSON ([…], {"events": […]}), CSV with a header, or CloudTrail ({"Records": […]}); .gz and .zst are
unpacked, - is standard input. Columns of a CSV file are fields by their dotted names (actor.id, targets.0.type,
details.pages); other columns go under details. Events without an id get one from their content, so that importing a
file again creates none.

--format desktop reads the activity rows of a desktop application, from its SQLite file (opened to be read only) or an
export as CSV or JSON; --site and --zone say whose they are.

--format workos-csv reads a CSV export of WorkOS's audit logs, --format retraced-ndjson events of Retraced: one a line, a
list, or answers of its GraphQL. Both become what their clients' events become when they are sent to Cairn instead.

Exit codes: 0 every event is recorded, now or before; 1 some were refused; 2 wrong usage; 3 the server cannot be reached.`,
  async act({ values, positionals, io }) {
    const job = await readJob(values, positionals);
    const tally = emptyTally();
    const startedMs = performance.now();
    await using refusals = await openRefusals(values, io);
    const progress = createProgressBar(io.stderr);
    let doneBytes = 0;
    const importer = createImporter({
      cairn: { record: (events, options) => job.client(tally).record(events, options) },
      source: values.source,
      batchEvents: values["batch-events"] ?? DEFAULTS.batchEvents,
      concurrency: values.concurrency ?? DEFAULTS.concurrency,
      tally,
      async onRefused(...refusal) {
        await progress.clear();
        await refusals.sink(...refusal);
      },
      signal: io.signal,
    });
    try {
      for (const { path, state } of job.files) {
        const input = await openInput(path, io.stdin);
        const before = doneBytes;
        await importer.add({
          name: path,
          records: recordsOf(path, input, job),
          settledBefore: state === undefined ? 0 : (job.resume?.settled(resolve(path), state) ?? 0),
          async onSettled(records) {
            if (state !== undefined) await job.resume?.advance(resolve(path), state, records);
            await progress.update({ done: before + input.bytesRead(), total: job.totalBytes, text: countsOf(tally) });
          },
        });
        doneBytes += input.bytesRead();
        if (io.signal.aborted) break;
      }
      await importer.finish();
    } finally {
      await job.resume?.save();
    }
    await progress.clear();
    await refusals.finish();
    await summarize(tally, { job, io, seconds: (performance.now() - startedMs) / 1_000, isJson: values.json });
    if (io.signal.aborted) return EXIT.interrupted;
    return tally.refused > 0 ? EXIT.failed : EXIT.done;
  },
});

/** What the command line asks for. */
interface Job {
  readonly files: readonly FoundFile[];
  /** Undefined when standard input is among the files. */
  readonly totalBytes: number | undefined;
  readonly format: ImportFormat | undefined;
  readonly csv: CsvOptions;
  readonly desktop: DesktopImport | undefined;
  readonly resume: ResumeState | undefined;
  readonly client: (tally: Tally) => Pick<Cairn, "record">;
}

async function readJob(values: OptionValues<typeof OPTIONS>, paths: readonly string[]): Promise<Job> {
  if (paths.length === 0) throw new UsageError("give at least one file, or - for standard input");
  if ((values["batch-events"] ?? 1) > MAX_BATCH_EVENTS) {
    throw new UsageError(`--batch-events is at most ${MAX_BATCH_EVENTS}`);
  }
  const format = readFormat(values.format);
  const delimiter = values.delimiter === "\\t" ? "\t" : values.delimiter;
  const csv: CsvOptions = {
    map: readPairs("--map", values.map),
    set: readPairs("--set", values.set),
    ...(delimiter === undefined ? {} : { delimiter }),
  };
  const impatient = connect(values, { retry: { giveUpAfterMs: FIRST_GIVE_UP_MS } });
  const giveUpAfterMs = (values["give-up-after"] ?? DEFAULTS.giveUpAfterSeconds) * 1_000;
  const patient = connect(values, { retry: { giveUpAfterMs } });
  const files = await findFiles(paths);
  const sizes = files.map(({ state }) => state?.size);
  return {
    files,
    totalBytes: sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    format,
    csv,
    desktop: format === "desktop" ? readSite(values) : undefined,
    resume: values.resume === undefined ? undefined : await openResumeState(values.resume),
    client: (tally) => (tally.created + tally.duplicate + tally.refused === 0 ? impatient : patient),
  };
}

function readSite({ site, zone, table, source }: OptionValues<typeof OPTIONS>): DesktopImport {
  if (site === undefined || zone === undefined) throw new UsageError("--format desktop needs --site and --zone");
  return { site, zone, table, source };
}

function readFormat(text: string | undefined): ImportFormat | undefined {
  const format = IMPORT_FORMATS.find((known) => known === text);
  if (text === undefined || format !== undefined) return format;
  const suggestion = nearest(text, IMPORT_FORMATS);
  const hint = suggestion === undefined ? `use one of ${IMPORT_FORMATS.join(", ")}` : `did you mean ${suggestion}?`;
  throw new UsageError(`there is no format ${JSON.stringify(text)}; ${hint}`);
}

function readPairs(option: string, texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const equals = text.lastIndexOf("=");
      if (equals < 1) throw new UsageError(`${option} ${JSON.stringify(text)} is not NAME=VALUE`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

function recordsOf(path: string, input: Input, job: Job): AsyncIterable<FileRecord> {
  switch (job.format ?? detectFormat(path, input.start)) {
    case "ndjson":
      return readNdjson(input.chunks);
    case "json":
      return readJson(input.chunks);
    case "csv":
      return readCsv(input.chunks, job.csv);
    case "cloudtrail":
      return readJson(input.chunks, parseCloudTrailRecord);
    case "desktop":
      return readDesktop(path, input, job.desktop!);
    case "workos-csv":
      return readWorkosCsv(input, job.csv);
    case "retraced-ndjson":
      return readRetracedExport(input);
  }
}

interface Refusals extends AsyncDisposable {
  readonly sink: RefusalSink;
  /** Says how many were not shown. */
  finish(): Promise<void>;
}

async function openRefusals(values: OptionValues<typeof OPTIONS>, io: CliIo): Promise<Refusals> {
  const maxShown = values["max-errors"] ?? DEFAULTS.maxErrors;
  const file = values.refused === undefined ? undefined : createWriteStream(values.refused, { flags: "a" });
  if (file !== undefined) await new Promise((opened, failed) => file.once("open", opened).once("error", failed));
  let count = 0;
  return {
    async sink(path, refusal, record) {
      if (++count <= maxShown) await io.stderr.write(`${printable(describeRefusal(path, refusal))}\n`);
      const { kind: _, ...error } = refusal;
      if (file !== undefined) await writeLine(file, { file: path, ...error, record });
    },
    async finish() {
      if (count > maxShown) await io.stderr.write(`… and ${count - maxShown} more refused records\n`);
    },
    async [Symbol.asyncDispose]() {
      if (file !== undefined) await new Promise<void>((closed) => file.end(closed));
    },
  };
}

async function writeLine(file: WriteStream, value: unknown): Promise<void> {
  if (!file.write(`${JSON.stringify(value)}\n`)) await new Promise((drained) => file.once("drain", drained));
}

function countsOf({ created, duplicate, refused, skipped }: Tally): string {
  const parts = [`${created} recorded`, `${duplicate} recorded before`, `${refused} refused`];
  return [...parts, ...(skipped === 0 ? [] : [`${skipped} skipped`])].join(", ");
}

async function summarize(
  tally: Tally,
  run: { readonly job: Job; readonly io: CliIo; readonly seconds: number; readonly isJson: boolean },
): Promise<void> {
  const { job, io, seconds } = run;
  const files = job.files.length;
  const summary = run.isJson
    ? JSON.stringify({ files, ...tally, seconds: Number(seconds.toFixed(3)) })
    : `${files} ${files === 1 ? "file" : "files"}: ${countsOf(tally)} in ${seconds.toFixed(1)} s`;
  await io.stdout.write(`${summary}\n`);
}
