import { setTimeout as delay } from "node:timers/promises";
import {
  type FoundKey,
  type IndexDatabase,
  IndexError,
  type SearchCursor,
  type SearchScope,
  searchKeys,
  streamKeys,
} from "@cairn/search";
import { EXPORT_LIMITS } from "./limits.ts";

/** The field by which any number of events can be put in order. */
export const TIME_FIELD = "occurred_at";

export interface KeyOptions extends SearchScope {
  readonly nowMs: number;
  readonly sort: string;
  readonly order: "asc" | "desc";
  readonly signal: AbortSignal;
}

/** A chunk of matches, and where the next one starts; undefined behind the last. */
interface Page {
  readonly keys: readonly FoundKey[];
  readonly next: Start | undefined;
}

interface Start {
  readonly key?: FoundKey;
  readonly cursor?: SearchCursor;
}

/**
 * Gives the names of all matches in order, in chunks, and waits while the search engine is started again.
 * @throws IndexError sort_too_large when more match than can be sorted by another field than the time; too_expensive, unavailable
 */
export async function* matchingKeys(
  index: IndexDatabase,
  options: KeyOptions,
): AsyncGenerator<readonly FoundKey[], void, undefined> {
  const patient = patientIndex(index);
  let start: Start | undefined = {};
  let waits = 0;
  while (start !== undefined) {
    options.signal.throwIfAborted();
    try {
      const { keys, next }: Page = await readPage(patient, options, start);
      if (keys.length > 0) yield keys;
      start = next;
      waits = 0;
    } catch (error) {
      const isPassing = error instanceof IndexError && error.fault === "unavailable";
      if (!isPassing || ++waits > EXPORT_LIMITS.engineWaits) throw error;
      await delay(EXPORT_LIMITS.engineWaitMs, undefined, { signal: options.signal });
    }
  }
}

async function readPage(index: IndexDatabase, options: KeyOptions, start: Start): Promise<Page> {
  const limit = EXPORT_LIMITS.chunkEvents;
  if (options.sort !== TIME_FIELD) {
    const { keys, next } = await searchKeys(index, { ...options, limit, after: start.cursor });
    return { keys, next: next && { cursor: next } };
  }
  const { value: keys = [] } = await streamKeys(index, { ...options, chunkKeys: limit, after: start.key }).next();
  const last = keys.at(-1);
  return { keys, next: last && keys.length === limit ? { key: last } : undefined };
}

/** An export waits longer for a page than a person does. */
function patientIndex(index: IndexDatabase): IndexDatabase {
  const settings = { max_execution_time: EXPORT_LIMITS.pageSeconds };
  return {
    ...index,
    query: (statement) => index.query({ ...statement, settings: { ...settings, ...statement.settings } }),
  };
}
