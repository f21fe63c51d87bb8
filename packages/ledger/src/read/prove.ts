import { base64Encode, formatDisclosure, formatTlogProof, inclusionProof } from "@cairn/merkle";
import { EVENT_LOG } from "../storage/logs.ts";
import { discloseEvent } from "./disclose.ts";
import type { StoredEvent } from "./stored-event.ts";
import type { LogRef, TreeReader } from "./tree-reader.ts";

/** A published checkpoint of an event log. */
export interface PublishedCheckpoint {
  readonly tenantNo: number;
  readonly origin: string;
  readonly size: number;
  readonly note: string;
}

/**
 * Makes the C2SP tlog-proof of an entry. Its `extra` is JSON `{"v": 1, "entry": base64}`, which is what the leaf hash is of;
 * the disclosure stands elsewhere.
 */
export function proveEntry(
  entry: { readonly sequence: number; readonly entry: Uint8Array },
  {
    at,
    tree,
  }: { readonly at: { readonly log: LogRef; readonly size: number; readonly note: string }; readonly tree: TreeReader },
): Uint8Array {
  return formatTlogProof({
    extra: Buffer.from(JSON.stringify({ v: 1, entry: base64Encode(entry.entry) })),
    index: BigInt(entry.sequence),
    hashes: inclusionProof(entry.sequence, at.size, tree.nodes(at.log, at.size)),
    checkpoint: Buffer.from(at.note),
  });
}

/** Makes the C2SP tlog-proof of an event: its disclosure as `extra`, the path to the checkpoint, the checkpoint. */
export function proveEvent(
  event: StoredEvent,
  checkpoint: PublishedCheckpoint,
  tree: TreeReader,
  show?: (path: string) => boolean,
): Uint8Array {
  const disclosure = formatDisclosure(discloseEvent(event, checkpoint.origin, show));
  const source = tree.nodes({ tenantNo: checkpoint.tenantNo, log: EVENT_LOG, ledger: event.ledger }, checkpoint.size);
  return formatTlogProof({
    extra: Buffer.from(JSON.stringify(disclosure)),
    index: BigInt(event.sequence),
    hashes: inclusionProof(event.sequence, checkpoint.size, source),
    checkpoint: Buffer.from(checkpoint.note),
  });
}
