import { formatDisclosure, formatTlogProof, inclusionProof } from "@cairn/merkle";
import { EVENT_LOG } from "../storage/logs.ts";
import { discloseEvent } from "./disclose.ts";
import type { StoredEvent } from "./stored-event.ts";
import type { TreeReader } from "./tree-reader.ts";

/** A published checkpoint of an event log. */
export interface PublishedCheckpoint {
  readonly tenantNo: number;
  readonly origin: string;
  readonly size: number;
  readonly note: string;
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
