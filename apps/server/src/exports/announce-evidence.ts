import { setTimeout as delay } from "node:timers/promises";
import { CairnError, formatTime } from "@cairn/event";
import { CONTROL_LOG, EVENT_LOG, type LogKind } from "@cairn/ledger";
import { base64Decode, base64Encode, parseCheckpoint, parseNote } from "@cairn/merkle";
import type { PublishedHeads } from "../published-heads.ts";
import type { Client } from "../threads/rpc.ts";
import type { PublishedHead, SealerApi } from "../threads/sealer-api.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { ExportOrder } from "./export-request.ts";
import type { EvidenceBasis } from "./task.ts";

/** How long a checkpoint may take when somebody waits for it. */
const SEAL_TIMEOUT_MS = 30_000;
const LOOK_MS = 50;

/** What evidence is announced with. */
export interface AnnounceParts {
  readonly writer: Client<WriterApi>;
  readonly sealer: Client<SealerApi>;
  readonly heads: PublishedHeads;
}

/** The entry of a control log that announces an export, as it is kept with the export. */
export interface AnnouncedEvidence extends Place {
  /** What only this export shows: base64 salt, path, canonical JSON. */
  readonly withheld: readonly (readonly [salt: string, path: string, value: string])[];
}

interface Place {
  readonly ledger: number;
  readonly sequence: number;
}

/**
 * Writes into the tenant's control log that evidence leaves: before it does. Its bounds are for every auditor to see; the
 * query, which may name people, for those who get this bundle; who asked is sealed.
 */
export async function announceEvidence(
  parts: AnnounceParts,
  job: { readonly id: string; readonly order: ExportOrder },
): Promise<AnnouncedEvidence> {
  const { request, scope, requestedBy } = job.order;
  const { tenantNo, asOf } = scope;
  const { size, note } = await eventHead(parts, job.order);
  const { root } = parseCheckpoint(parseNote(Buffer.from(note)).text);
  const { withheld, ...place } = await parts.writer.call("appendControl", {
    tenantNo,
    record: {
      type: "evidence.exported",
      time: formatTime(Date.now()),
      eventLog: { ledger: asOf.ledger, size, root },
      terms: {
        kind: request.compact === true ? "compact" : "full",
        export: job.id,
        up_to: asOf.sequence,
        ...(request.from === undefined ? {} : { from: request.from }),
        ...(request.to === undefined ? {} : { to: request.to }),
      },
      sealed: { requested_by: requestedBy },
      withheld: { query: request.q ?? "" },
    },
  });
  return { ...place, withheld: withheld.map(({ salt, path, value }) => [base64Encode(salt), path, value]) };
}

/** Waits for what a bundle is made against: the checkpoint of the control log with its announcement, then of the event log. */
export async function evidenceBasis(
  parts: AnnounceParts,
  { order, announced }: { readonly order: ExportOrder; readonly announced: AnnouncedEvidence },
): Promise<EvidenceBasis> {
  const { tenantNo } = order.scope;
  const control = await headOver(parts, {
    tenantNo,
    log: CONTROL_LOG,
    ledger: announced.ledger,
    sequence: announced.sequence,
  });
  const checkpoint = await eventHead(parts, order);
  const only = ({ size, note }: PublishedHead) => ({ size, note });
  return {
    announcement: {
      sequence: announced.sequence,
      withheld: announced.withheld.map(([salt, path, value]) => ({ salt: base64Decode(salt), path, value })),
    },
    control: only(control),
    checkpoint: only(checkpoint),
  };
}

/** The published head of the event log once it covers everything that was asked for. */
function eventHead(parts: AnnounceParts, { scope }: ExportOrder): Promise<PublishedHead> {
  return headOver(parts, { tenantNo: scope.tenantNo, log: EVENT_LOG, ...scope.asOf });
}

interface LogPlace extends Place {
  readonly tenantNo: number;
  readonly log: LogKind;
}

/** Waits until a log's published head covers a place. */
async function headOver({ sealer, heads }: AnnounceParts, place: LogPlace): Promise<PublishedHead> {
  const { tenantNo, log, ledger, sequence } = place;
  sealer.tell("hurry", { tenantNo, log });
  for (const endMs = performance.now() + SEAL_TIMEOUT_MS; performance.now() < endMs; await delay(LOOK_MS)) {
    const head = heads.get(tenantNo, log, ledger);
    if (head !== undefined && head.size > sequence) return head;
  }
  throw new CairnError("index_unavailable", "the log was not sealed in time", { retryAfterSeconds: 10 });
}
