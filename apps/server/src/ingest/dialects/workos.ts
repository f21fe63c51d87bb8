import { CairnError } from "@cairn/event";
import { decodeText, type ReadItem, readJsonRecords, workosMapping } from "@cairn/sources";
import type { Translation } from "../translation.ts";

/** `POST /audit_logs/events`: one event, and the key by which a repetition is known. */
export function workosTranslation(idempotencyKey: string | undefined): Translation {
  return { read: (body) => [itemOf(decodeText(body), idempotencyKey)], mapping: workosMapping, original: "leave" };
}

function itemOf(body: string, idempotencyKey: string | undefined): ReadItem {
  const [item, ...more] = readJsonRecords(body);
  if (item === undefined || more.length > 0) throw new CairnError("parameter_invalid", "the body is one JSON object");
  if (item.kind === "refused") throw item.error;
  if (idempotencyKey === undefined) return item;
  return { kind: "record", record: { ...item.record, idempotency_key: idempotencyKey }, text: body };
}
