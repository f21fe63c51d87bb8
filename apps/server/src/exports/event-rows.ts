import type { StoredEvent } from "@cairn/ledger";
import { countMatches, type IndexDatabase } from "@cairn/search";
import type { DirectoryGroups } from "../subjects/directory-groups.ts";
import { EXPORT_LIMITS } from "./limits.ts";
import { matchingKeys, TIME_FIELD } from "./matching-keys.ts";
import { queryOf } from "./query-of.ts";
import { type RangeReader, readBodies } from "./read-bodies.ts";
import type { ExportTask } from "./task.ts";

/** What rows are made from. */
export interface RowSource {
  readonly index: IndexDatabase;
  readonly reader: RangeReader & { forget(): void };
  readonly task: ExportTask;
  readonly groups: DirectoryGroups;
  readonly signal: AbortSignal;
  /** Hears how many events are done, of how many. */
  onProgress(done: number, total: number): void;
}

/** What counting what will be exported may take: the number is shown, nothing depends on it. */
export const COUNT_LIMITS = {
  /** More events than one tenant's log will ever hold. */
  atMost: 2 ** 40,
  timeoutMs: 15_000,
} as const;

/** Gives what `present` makes of every event of an export, in order, in chunks: memory stays flat however many there are. */
export async function* eventRows<Row>(
  source: RowSource,
  present: (event: StoredEvent) => Row,
): AsyncGenerator<readonly Row[], void, undefined> {
  const { index, reader, task, signal } = source;
  const { request, nowMs } = task.order;
  const scope = { ...task.order.scope, query: queryOf(task.order, source.groups) };
  const { count } = await countMatches(index, { ...scope, ...COUNT_LIMITS });
  const { sort = TIME_FIELD, order = "desc" } = request;
  let done = 0;
  let sinceForgotten = 0;
  source.onProgress(done, count);
  for await (const places of matchingKeys(index, { ...scope, nowMs, sort, order, signal })) {
    const rows = readBodies(reader, { tenantNo: scope.tenantNo, places }, present);
    const there = rows.filter((row) => row !== undefined);
    if (there.length > 0) yield there;
    done += there.length;
    source.onProgress(done, Math.max(count, done));
    sinceForgotten += places.length;
    if (sinceForgotten < EXPORT_LIMITS.forgetAfterEvents) continue;
    reader.forget();
    sinceForgotten = 0;
  }
  source.onProgress(done, done);
}
