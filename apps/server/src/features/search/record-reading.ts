import type { RecordedEvent } from "@cairn/event";
import type { Reader, Reading, Searched } from "../../access/readings.ts";
import { isRecordOfReading } from "../../access/readings.ts";
import { redactQuery } from "../../access/redact-query.ts";
import type { ServerContext } from "../../context.ts";
import { timeOf } from "./scope.ts";
import { translated } from "./translate.ts";

/** What of a request says what was looked for. */
interface Asked {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Answers a search and records it, both before the answer leaves. Pages, facets and bars of one query are one search.
 */
export async function recorded<Result extends object>(
  context: ServerContext,
  reader: Reader,
  asked: Asked,
  answer: () => Promise<Result>,
): Promise<Result> {
  return translated(async () => {
    const [result] = await Promise.all([
      answer(),
      context.readings.searched(reader, () => describe(context, reader, asked)),
    ]);
    const { events } = result as { readonly events?: readonly RecordedEvent[] };
    await recordGiven(context, reader, { kind: events === undefined ? "facets" : "search", events: events ?? [] });
    return result;
  });
}

/** Records what a machine was given; records of reading do not count, or following the log would never end. */
export async function recordGiven(
  context: ServerContext,
  reader: Reader,
  given: { readonly kind: Reading; readonly events: readonly RecordedEvent[] },
): Promise<void> {
  await context.readings.given(
    reader,
    given.kind,
    given.events.filter((event) => !isRecordOfReading(event)),
  );
}

/** Records that one event was looked at. */
export async function recordView(context: ServerContext, reader: Reader, event: RecordedEvent): Promise<void> {
  await Promise.all([
    context.readings.viewed(reader, event),
    recordGiven(context, reader, { kind: "event", events: [event] }),
  ]);
}

/** What was asked, as the log may say it. */
export async function describe(
  context: ServerContext,
  { tenant }: Pick<Reader, "tenant">,
  { q, from, to }: Asked,
): Promise<Searched> {
  const asked = { tenantNo: tenant.no, q: q ?? "", nowMs: Date.now() };
  const query = q === undefined || q === "" ? "" : await redactQuery(context.search.index(), asked);
  return { query, ...shown("from", from), ...shown("to", to) };
}

/** A bound as time in UTC: what is none is refused, and never stands in the log. */
function shown(name: "from" | "to", text: string | undefined): Partial<Searched> {
  const timeMs = timeOf(text, name);
  return timeMs === undefined ? {} : { [name]: new Date(timeMs).toISOString() };
}
