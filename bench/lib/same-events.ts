import type { Dialect } from "../../apps/server/src/ingest/delivery.ts";
import { translationOf } from "../../apps/server/src/ingest/dialects/translation-of.ts";
import { mapItems } from "../../packages/sources/src/index.ts";

/** A body as the server will read it. */
export interface ReadAs {
  readonly dialect: Dialect;
  /** Ids for events that have none but one derived from their content, which a producer would not send. */
  readonly ids: readonly string[];
}

/**
 * Makes what `POST /v1/events` takes of the events that a body in the words of another system is.
 * @throws Error when there are not as many events as ids: then something of the body was not understood
 */
export function sameEvents(body: Uint8Array, { dialect, ids }: ReadAs): string {
  const { read, mapping } = translationOf(dialect);
  const events = mapItems(mapping, read(body), { original: "leave" }).map((item, i) => {
    if (item.kind !== "event")
      throw new Error(`${dialect.kind}: a record of a benchmark is no event: ${JSON.stringify(item)}`);
    const { tenant: _own, id, ...event } = item.event;
    return { id: id === undefined || id.startsWith("sha256:") ? ids[i] : id, ...event };
  });
  if (events.length !== ids.length)
    throw new Error(`${dialect.kind}: ${events.length} events instead of ${ids.length}`);
  return JSON.stringify({ events });
}
