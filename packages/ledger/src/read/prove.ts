import { type Disclosure, formatDisclosure, formatProofExtra, formatTlogProof, inclusionProof } from "@cairn/merkle";
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

/** Makes the C2SP tlog-proof of an entry; its `extra` holds the entry, and the disclosure unless that stands elsewhere. */
export function proveEntry(
  proven: { readonly sequence: number; readonly entry: Uint8Array; readonly disclosure?: Disclosure },
  {
    at,
    tree,
  }: { readonly at: { readonly log: LogRef; readonly size: number; readonly note: string }; readonly tree: TreeReader },
): Uint8Array {
  const { sequence, ...extra } = proven;
  return formatTlogProof({
    extra: formatProofExtra(extra),
    index: BigInt(sequence),
    hashes: inclusionProof(sequence, at.size, tree.nodes(at.log, at.size)),
    checkpoint: Buffer.from(at.note),
  });
}

/** Makes the C2SP tlog-proof of an event, complete: its entry and its disclosure, the path to the checkpoint, the checkpoint. */
export function proveEvent(
  event: StoredEvent,
  checkpoint: PublishedCheckpoint,
  tree: TreeReader,
  show?: (path: string) => boolean,
): Uint8Array {
  const { tenantNo, origin, size, note } = checkpoint;
  const { sequence, entry, ledger } = event;
  const disclosure = formatDisclosure(discloseEvent(event, origin, show));
  return proveEntry(
    { sequence, entry, disclosure },
    { at: { log: { tenantNo, log: EVENT_LOG, ledger }, size, note }, tree },
  );
}
