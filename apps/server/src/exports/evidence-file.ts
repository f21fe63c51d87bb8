import { evidenceBundle, type ReaderSide, tarArchive } from "@cairn/ledger";
import type { HashKernel } from "@cairn/merkle";
import { countMatches } from "@cairn/search";
import { COUNT_LIMITS, type RowSource } from "./event-rows.ts";
import { matchingKeys, TIME_FIELD } from "./matching-keys.ts";
import { queryOf } from "./query-of.ts";
import type { EvidenceBasis } from "./task.ts";

/** Gives the bytes of a tar with an evidence bundle (docs/formats/bundle.md): the index chooses, the ledger proves. */
export async function* evidenceFile(
  source: RowSource & { readonly basis: EvidenceBasis },
  tools: { readonly side: ReaderSide; readonly kernel: HashKernel },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { index, task, signal, basis } = source;
  const { request, nowMs, scope } = task.order;
  const { tenantNo, asOf } = scope;
  const asked = { ...scope, query: queryOf(task.order, source.groups) };
  const { count: total } = await countMatches(index, { ...asked, ...COUNT_LIMITS });
  let done = 0;
  source.onProgress(done, total);
  async function* sequences(): AsyncGenerator<readonly number[], void, undefined> {
    // One bundle proves one log; events of an epoch before a recovery are in another.
    for await (const keys of matchingKeys(index, { ...asked, nowMs, sort: TIME_FIELD, order: "asc", signal }))
      yield keys.filter(({ ledger }) => ledger === asOf.ledger).map(({ sequence }) => sequence);
  }
  const { side, kernel } = tools;
  const files = evidenceBundle({
    ...side,
    ...basis,
    signingSecret: side.secrets.signingSecret,
    kernel,
    tenantNo,
    ledger: asOf.ledger,
    kind: request.compact === true ? "compact" : "full",
    query: request.q ?? "",
    sequences: sequences(),
    scratchDir: task.directory,
    signal,
    onEvents(more) {
      done += more;
      source.onProgress(done, Math.max(total, done));
    },
  });
  yield* tarArchive(files, { timeMs: nowMs });
  source.onProgress(done, done);
}
