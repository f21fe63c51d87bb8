import { type EventInput, LIMITS } from "@cairn/event";
import type { Cairn } from "@cairn/sdk";
import type { JsonObject } from "../files/json-values.ts";
import { createIdDeriver } from "./derived-id.ts";
import { DamagedInput } from "./open-input.ts";
import type { FileRecord, RefusedRecord } from "./record.ts";
import type { RefusalSink, Tally } from "./tally.ts";

/** What is the same for all files of an import. */
export interface ImporterOptions {
  readonly cairn: Pick<Cairn, "record">;
  /** `source` of events that name none. */
  readonly source: string | undefined;
  readonly batchEvents: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  readonly tally: Tally;
  readonly onRefused: RefusalSink;
  readonly signal: AbortSignal;
}

/** One file of an import. */
export interface ImportedFile {
  /** As it was given, for messages. */
  readonly name: string;
  readonly records: AsyncIterable<FileRecord>;
  /** Records at the beginning that an earlier run has settled. */
  readonly settledBefore: number;
  /** Told how many records from the beginning are settled. */
  readonly onSettled: (records: number) => Promise<void>;
}

/** Sends records in order, several requests at a time; small files share requests. */
export interface Importer {
  /** Resolves when the file is read; its last records may still be under way. Rejects when a request as a whole fails. */
  add(file: ImportedFile): Promise<void>;
  /** Resolves when everything added is settled. */
  finish(): Promise<void>;
}

/** Bytes of events in one request: well below what the server takes, since it counts white space as well. */
const BATCH_BYTES = 4 << 20;
/** Most events that one request may have. */
export const MAX_BATCH_EVENTS: number = LIMITS.batchEvents;

/** Makes an importer. */
export function createImporter(options: ImporterOptions): Importer {
  /** Requests under way, oldest first: they are settled in this order, so that a state file can say "up to here". */
  const underWay: Promise<() => Promise<void>>[] = [];
  let batch: Sendable[] = [];
  let batchBytes = 0;

  async function settleOldest(): Promise<void> {
    const settle = await underWay.shift();
    await settle?.();
  }

  async function send(): Promise<void> {
    const full = batch;
    batch = [];
    batchBytes = 0;
    const sent = sendBatch(options, full);
    sent.catch(() => {}); // it is awaited in its turn
    underWay.push(sent);
    if (underWay.length >= options.concurrency) await settleOldest();
  }

  return {
    async add(file) {
      const deriveId = createIdDeriver();
      let position = 0;
      for await (const record of untilDamage(file.records)) {
        if (options.signal.aborted) return;
        // Skipped records are counted as well: how many equal ones came before is part of an id.
        const event = record.kind === "event" ? identified(record.event, deriveId, options) : undefined;
        if (++position <= file.settledBefore) {
          options.tally.skipped++;
          continue;
        }
        const bytes = event === undefined ? 0 : JSON.stringify(event).length;
        if (batch.length > 0 && batchBytes + bytes > BATCH_BYTES) await send();
        batch.push({ file, position, record, event });
        batchBytes += bytes;
        if (batch.length >= options.batchEvents) await send();
      }
    },

    async finish() {
      if (batch.length > 0 && !options.signal.aborted) await send();
      while (underWay.length > 0) await settleOldest();
    },
  };
}

/** A record on its way, in its place among those that cannot be sent. */
interface Sendable {
  readonly file: ImportedFile;
  /** From 1. */
  readonly position: number;
  readonly record: FileRecord;
  readonly event: EventInput | undefined;
}

function identified(
  event: JsonObject,
  deriveId: (event: JsonObject) => string,
  { source }: Pick<ImporterOptions, "source">,
): EventInput {
  const hasId = event.id !== undefined && event.id !== null;
  const hasSource = event.source !== undefined && event.source !== null;
  return {
    ...event,
    ...(hasId ? {} : { id: deriveId(event) }),
    ...(hasSource || source === undefined ? {} : { source }),
  } as EventInput;
}

/** Ends in a refusal where compressed data turns out to be damaged. */
async function* untilDamage(records: AsyncIterable<FileRecord>): AsyncGenerator<FileRecord, void, undefined> {
  let line = 1;
  try {
    for await (const record of records) {
      line = record.line;
      yield record;
    }
  } catch (error) {
    if (!(error instanceof DamagedInput)) throw error;
    yield { kind: "refused", line, code: "content_encoding_invalid", message: error.message, isEnd: true };
  }
}

/** Sends a batch and gives what counts and tells its results. */
async function sendBatch(options: ImporterOptions, batch: readonly Sendable[]): Promise<() => Promise<void>> {
  const events = batch.flatMap(({ event }) => event ?? []);
  const results = await options.cairn.record(events, { signal: options.signal });
  return async () => {
    const { tally } = options;
    const settledTo = new Map<ImportedFile, number>();
    let next = 0;
    for (const { file, position, record, event } of batch) {
      settledTo.set(file, position);
      if (record.kind === "refused") await refuse(options, file, { refusal: record, record: undefined });
      else {
        const result = results[next++];
        if (result === undefined) continue; // `record` gives a result for each
        if (!("error" in result)) tally[result.status]++;
        else {
          const { code, message, pointer } = result.error;
          const refusal: RefusedRecord = { kind: "refused", line: record.line, code, message, pointer };
          await refuse(options, file, { refusal, record: event });
        }
      }
    }
    for (const [file, records] of settledTo) await file.onSettled(records);
  };
}

async function refuse(
  { tally, onRefused }: ImporterOptions,
  file: ImportedFile,
  { refusal, record }: { readonly refusal: RefusedRecord; readonly record: unknown },
): Promise<void> {
  tally.refused++;
  await onRefused(file.name, refusal, record);
}
