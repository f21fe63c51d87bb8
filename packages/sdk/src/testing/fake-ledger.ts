import { createHash } from "node:crypto";
import { type BatchFormat, CairnError, canonicalJson, ERRORS, parseBatch, type RecordedEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import type { RecordResult } from "../producer/outcome.ts";

/** Keeps events the way the server does, in memory: same door, same identities, same results. */
export interface FakeLedger {
  readonly events: readonly RecordedEvent[];
  /** Records a body; throws `CairnError` when it cannot be read. */
  record(body: Uint8Array, format: BatchFormat, options: { readonly isAtomic: boolean }): readonly RecordResult[];
}

/** Makes an empty ledger. */
export function createFakeLedger(): FakeLedger {
  const events: RecordedEvent[] = [];
  /** Identity to sequence and content. */
  const identities = new Map<string, { readonly sequence: number; readonly content: string }>();

  function judge(value: unknown): { readonly result: RecordResult; readonly commit?: () => void } {
    const accepted = acceptEvent(value, { nowMs: Date.now(), defaultSource: "api", describeAction: () => undefined });
    const { event, defaulted } = accepted;
    const id = event.id ?? `made-${events.length}`;
    const identity = JSON.stringify([accepted.tenant, event.source, id]);
    // What the server filled in may differ when an event is sent again.
    const content = canonicalJson(Object.fromEntries(Object.entries(event).filter(([key]) => !isIn(key, defaulted))));
    const known = identities.get(identity);
    if (known !== undefined) {
      const receipt = receiptOf(events[known.sequence]);
      if (known.content === content) return { result: { status: "duplicate", id, receipt } };
      const error = { code: "conflict", message: "the identity belongs to another event" };
      return { result: { status: "conflict", id, receipt, error } };
    }
    const recorded: RecordedEvent = {
      ...event,
      id,
      tenant: accepted.tenant ?? "fake",
      project: "fake",
      ledger: 1,
      sequence: events.length,
      received_at: new Date().toISOString(),
      event_root: createHash("sha256").update(content).digest("hex"),
    };
    return {
      result: { status: "created", id, receipt: receiptOf(recorded) },
      commit() {
        identities.set(identity, { sequence: events.length, content });
        events.push(recorded);
      },
    };
  }

  return {
    events,
    record(body, format, { isAtomic }) {
      const results = parseBatch(body, format).map((item): RecordResult => {
        if (item.kind === "refused") return rejected(item.error, undefined);
        try {
          const { result, commit } = judge(item.value);
          if (!isAtomic) commit?.();
          return result;
        } catch (error) {
          if (error instanceof CairnError) return rejected(error, item.value);
          throw error;
        }
      });
      if (!isAtomic) return results;
      if (results.every(isGood)) return this.record(body, format, { isAtomic: false });
      const held = new CairnError("atomic_rejected", "not recorded, because another event was refused");
      return results.map((result) => (isGood(result) ? rejected(held, { id: result.id }) : result));
    },
  };
}

function isGood({ status }: RecordResult): boolean {
  return status === "created" || status === "duplicate";
}

function isIn(key: string, list: readonly string[]): boolean {
  return key === "id" || list.includes(key);
}

function receiptOf(event: RecordedEvent | undefined): Receipt {
  if (event === undefined) throw new RangeError("no such event");
  const { ledger, sequence, received_at, event_root } = event;
  return { ledger, sequence, received_at, event_root };
}

type Receipt = Pick<RecordedEvent, "ledger" | "sequence" | "received_at" | "event_root">;

function rejected(error: CairnError, value: unknown): RecordResult {
  const id = (value as { readonly id?: unknown } | undefined)?.id;
  return {
    status: "rejected",
    ...(typeof id === "string" ? { id } : {}),
    error: { code: error.code, message: error.message, fix: ERRORS[error.code].fix, ...error.place },
  };
}
