import { CairnError, type Json } from "@cairn/event";
import {
  decodeText,
  parseLossless,
  type ReadItem,
  readRetraced,
  retracedHash,
  retracedMapping,
  SourceError,
} from "@cairn/sources";
import { asObject, member } from "../../features/protocols/json-member.ts";
import type { Translation } from "../translation.ts";

/** Events of a bulk, as Retraced has it. */
const MAX_BULK_EVENTS = 50;

/** Retraced's publisher API: one event, or a bulk. What is told of each is also the hash that its clients compute themselves. */
export function retracedTranslation(form: "event" | "bulk"): Translation {
  return {
    read: (body) => (form === "event" ? oneEvent(decodeText(body)) : bulk(decodeText(body))),
    mapping: retracedMapping,
    original: "leave",
    annotate: (item, id) =>
      item.kind === "refused" || id === undefined ? undefined : { hash: retracedHash(item.record, id) },
  };
}

function oneEvent(text: string): ReadItem[] {
  const items = readRetraced(text);
  if (items.length !== 1) throw new CairnError("parameter_invalid", "one event, please: several go to event/bulk");
  return items;
}

function bulk(text: string): ReadItem[] {
  const events = member(parseLossless(text), "events");
  if (!Array.isArray(events)) throw new CairnError("parameter_invalid", 'a bulk is {"events": […]}');
  if (events.length > MAX_BULK_EVENTS)
    throw new CairnError("batch_too_many_events", `a bulk has at most ${MAX_BULK_EVENTS} events`);
  return events.map((event: Json): ReadItem => {
    const record = asObject(event);
    return record === undefined
      ? {
          kind: "refused",
          error: new SourceError("not_an_object", "a record is a JSON object"),
          text: JSON.stringify(event),
        }
      : {
          kind: "record",
          record,
          // Written only when somebody wants it.
          get text() {
            return JSON.stringify(record);
          },
        };
  });
}
