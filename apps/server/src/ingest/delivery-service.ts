import { CairnError } from "@cairn/event";
import { type ReadItem, SourceError } from "@cairn/sources";
import type { Client } from "../threads/rpc.ts";
import { receiveBytes } from "../threads/sent-bytes.ts";
import type { RefusedEvent, WriterApi } from "../threads/writer-api.ts";
import { decodeBody } from "./decode-body.ts";
import type { Delivery, DeliveryAnswer, Dialect } from "./delivery.ts";
import { answerDelivery } from "./delivery-answer.ts";
import { keptRecord } from "./delivery-kept.ts";
import type { RecordAdmitted } from "./delivery-record.ts";
import { type DeliveryWork, startDelivery } from "./delivery-work.ts";
import { Room } from "./room.ts";
import type { TranslatedDoor } from "./translated-door.ts";
import type { Translation } from "./translation.ts";

/** Records of one delivery. Collectors send 8,192 at most unless told otherwise; what more would do to others is worse. */
const MAX_RECORDS = 10_000;
/** Unpacked bodies whose records are under way: parsed they take about ten times as much memory. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
/** Bodies below this need not wait for larger ones: they are read at once. */
const SMALL_BYTES = 64 * 1024;
/** Refused records kept of one delivery: who sends nothing but rubbish shall not fill the disk with it. */
const MAX_KEPT = 100;

/** What is under way of a delivery, or why there is nothing. */
type Started =
  | { readonly kind: "work"; readonly work: DeliveryWork; readonly bytes: number }
  | { readonly kind: "unreadable"; readonly error: SourceError; readonly bytes: number };

/** Makes what an ingest thread does with bodies in the words of other systems: read, map, let in, record, answer. */
export function createDeliveries(parts: {
  readonly door: TranslatedDoor;
  readonly writer: Client<WriterApi>;
  readonly record: RecordAdmitted;
  readonly translationOf: (dialect: Dialect) => Translation;
}): (delivery: Delivery) => Promise<DeliveryAnswer> {
  const room = new Room(MAX_UNPACKED_BYTES);

  return async (delivery) => {
    if (delivery.body.length < SMALL_BYTES && delivery.encoding === "identity") {
      return answer(delivery, await start(delivery));
    }
    // One after the other: what is made of a body is large, and most of it is done with before the next one comes.
    const { release, ...started } = await room.enter(() => start(delivery));
    try {
      return await answer(delivery, started);
    } finally {
      release();
    }
  };

  async function start(delivery: Delivery): Promise<Started> {
    const body = decodeBody(receiveBytes(delivery.body), delivery.encoding);
    const bytes = body.length;
    const translation = parts.translationOf(delivery.dialect);
    let items: readonly ReadItem[];
    try {
      items = translation.read(body);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (delivery.sourceId !== undefined) keep(delivery, [keptRecord(error, Buffer.from(body).toString("utf8"))]);
      return { kind: "unreadable", error, bytes };
    }
    if (items.length > MAX_RECORDS)
      throw new CairnError(
        "batch_too_many_events",
        `the request has ${items.length} records; at most ${MAX_RECORDS} fit`,
      );
    return { kind: "work", work: await startDelivery(delivery, items, { ...parts, translation }), bytes };
  }

  async function answer(delivery: Delivery, started: Started): Promise<DeliveryAnswer> {
    if (started.kind === "unreadable") {
      const { code, message, place } = started.error;
      return { kind: "unreadable", fault: { code, message, place } };
    }
    const { records, done, release } = started.work;
    try {
      await done;
      keep(
        delivery,
        records.flatMap((record) => (record.kind === "skipped" || record.kept === undefined ? [] : [record.kept])),
      );
      return answerDelivery(records, delivery);
    } finally {
      release();
    }
  }

  function keep({ tenantNo, sourceId }: Delivery, kept: readonly RefusedEvent[]): void {
    if (kept.length === 0 || tenantNo === undefined) return;
    const by = sourceId === undefined ? {} : { source: sourceId };
    const refused = kept.slice(0, MAX_KEPT).map((each) => ({ ...each, ...by }));
    parts.writer.tell("refuse", { tenantNo, refused });
  }
}
