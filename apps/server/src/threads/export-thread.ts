import { join } from "node:path";
import { EventReader, eventOf, openReaderSide, receiptOf, type StoredEvent } from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { type EngineConnection, engineClientOptions, type IndexDatabase, openIndexDatabase } from "@cairn/search";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { csvFile } from "../exports/csv/csv-file.ts";
import type { RowSource } from "../exports/event-rows.ts";
import { evidenceFile } from "../exports/evidence-file.ts";
import { EXPORT_LIMITS } from "../exports/limits.ts";
import { ndjsonFile } from "../exports/ndjson-file.ts";
import { parquetFile } from "../exports/parquet/parquet-file.ts";
import type { ExportFile, ExportTask } from "../exports/task.ts";
import { writeFileFrom } from "../exports/write-file.ts";
import { translated } from "../features/search/translate.ts";
import { presentEvent } from "../present-event.ts";
import { INDEX_DATABASE } from "../search/database-name.ts";
import { DirectoryGroups } from "../subjects/directory-groups.ts";
import type { ExportApi, ExportNews } from "./export-api.ts";
import { connect } from "./rpc.ts";
import { mainPort, offer, threadData } from "./thread-entry.ts";

const { paths } = threadData();
const side = openReaderSide(paths);
const reader = new EventReader(side);
const groups = new DirectoryGroups(side.access.subjectFacts);
const kernel = createHashKernel();
const main = connect<ExportNews>(mainPort());

/** Jobs under way: how to end one, and when it has ended. */
const running = new Map<string, { readonly abort: AbortController; readonly ended: Promise<unknown> }>();
let engine: Engine | undefined;

interface Engine {
  readonly client: ClickHouseClient;
  readonly index: IndexDatabase;
}

function openEngine(connection: EngineConnection): Engine {
  const client = createClient({
    ...engineClientOptions(connection),
    request_timeout: EXPORT_LIMITS.parquetSeconds * 1_000,
    // It would print rows that the engine could not read.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return { client, index: openIndexDatabase(client, { database: INDEX_DATABASE }) };
}

function run(task: ExportTask): Promise<ExportFile> {
  const abort = new AbortController();
  const file = write(task, abort.signal).finally(() => running.delete(task.id));
  running.set(task.id, { abort, ended: file.catch(() => undefined) });
  return file;
}

async function write(task: ExportTask, signal: AbortSignal): Promise<ExportFile> {
  const target = {
    path: join(task.directory, task.fileName),
    compress: task.order.request.compress,
    signal,
  };
  const { bytes, sha256 } = await translated(() => writeFileFrom(contentOf(task, signal), target));
  return { name: task.fileName, bytes, sha256 };
}

function contentOf(task: ExportTask, signal: AbortSignal): AsyncIterable<Uint8Array | string> {
  engine ??= openEngine(task.engine);
  const { request, scope } = task.order;
  const tenant = side.registry.tenant(scope.tenantNo);
  if (tenant === undefined) throw new Error(`BUG: an export of tenant ${scope.tenantNo}, which is not there`);
  const present = (event: StoredEvent) => presentEvent(eventOf(event), receiptOf(event), tenant);
  const source: RowSource = {
    index: engine.index,
    reader,
    task,
    groups,
    signal,
    onProgress: (done, total) => main.tell("progress", { id: task.id, done, total }),
  };
  switch (request.format) {
    case "csv":
      return csvFile(source, present);
    case "ndjson":
      return ndjsonFile(source, present);
    case "parquet":
      return parquetFile({ ...source, client: engine.client }, present);
    case "evidence":
      if (task.basis === undefined) throw new Error("BUG: evidence without what it is proved against");
      return evidenceFile({ ...source, basis: task.basis }, { side, kernel });
  }
}

async function cancel(id: string): Promise<void> {
  const job = running.get(id);
  job?.abort.abort();
  await job?.ended;
}

const handlers: ExportApi = {
  run,
  cancel: ({ id }: Parameters<ExportApi["cancel"]>[0]) => cancel(id),
  async close() {
    await Promise.all([...running.keys()].map(cancel));
    await engine?.client.close();
    reader.close();
    side.close();
  },
};

offer(handlers);
