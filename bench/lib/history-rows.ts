import { createHash } from "node:crypto";
import { DEFAULT_PERSON_TARGET_TYPES, findPeople, parseBatch, splitEvent } from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import { RowEncoder, type SubjectFactRow } from "@cairn/search";
import type { EventGenerator } from "@cairn/testkit";

const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);
const door = { nowMs: Date.now(), defaultSource: "api", describeAction: () => undefined };
const BATCH = 512;
/** Characters of a reference behind `sub_`. */
const REF_CHARS = 16;

/** Rows for the table `events`, and what their events say about people. */
export interface HistoryBlock {
  readonly block: Uint8Array<ArrayBuffer>;
  readonly rowCount: number;
  readonly facts: readonly SubjectFactRow[];
}

/** What the rows of a history are. */
export interface HistoryOptions {
  readonly generator: EventGenerator;
  readonly tenantNo: number;
  readonly firstSequence?: number;
  readonly events: number;
  /** Rows of a block. */
  readonly blockRows: number;
}

/** Turns generated events into rows of the index, without a ledger in between: everything that search sees of them. */
export function* historyRows(options: HistoryOptions): Generator<HistoryBlock> {
  const { generator, tenantNo, firstSequence = 0, events, blockRows } = options;
  const encoder = new RowEncoder();
  const told = new Set<string>();
  const take = (): HistoryBlock => {
    const { block, rowCount, facts } = encoder.take();
    const unknown = facts.filter(({ ref, kind, value }) => !told.has(`${ref}/${kind}/${value}`));
    for (const { ref, kind, value } of unknown) told.add(`${ref}/${kind}/${value}`);
    return { block, rowCount, facts: unknown };
  };
  for (let done = 0; done < events; ) {
    const count = Math.min(BATCH, events - done);
    for (const item of parseBatch(generator.batch(count), "json")) {
      if (item.kind === "refused") throw item.error;
      const { event } = acceptEvent(item.value, door);
      const whole = { ...event, id: event.id ?? "" };
      const split = splitEvent(whole, findPeople(whole, personTypes), {
        resolve: ({ identifiers }) => refOf(JSON.stringify(identifiers[0])),
        monthRef: "sub_month",
        personalPointers: [],
      });
      encoder.add({ tenantNo, ledger: 1, sequence: firstSequence + done++, receivedAtMs: Date.now(), split });
      if (encoder.count >= blockRows) yield take();
    }
  }
  if (encoder.count > 0) yield take();
}

const refs = new Map<string, string>();

/** Stands in for the subject directory: a reference of the usual length, always the same for a person. */
function refOf(person: string): string {
  const known = refs.get(person);
  if (known !== undefined) return known;
  const ref = `sub_${createHash("sha256").update(person).digest("base64url").slice(0, REF_CHARS)}`;
  refs.set(person, ref);
  return ref;
}
