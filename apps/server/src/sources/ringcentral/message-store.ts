import { type EventInput, formatTime, type Json } from "@cairn/event";
import { type MessageObservation, messageEvents } from "@cairn/sources";
import type { Collected, Look } from "../collector.ts";
import { OutboundError } from "../outbound.ts";
import type { RingCentralApi } from "./api.ts";
import {
  type KnownMessage,
  type KnownMessages,
  type MessageState,
  messageStateOf,
  recall,
  remember,
} from "./message-state.ts";

/** What a collector of the message store is told. */
export interface MessageStoreOptions {
  /** After how many days the account deletes messages; undefined when nobody knows. */
  readonly retentionDays?: number | undefined;
  readonly intervalMs: number;
  /** When the look before was, Unix milliseconds; when it is not known, the last one that found something new is taken. */
  readonly previousLookMs?: number | undefined;
}

type MessageRecord = NonNullable<MessageObservation["current"]>;

const DAY_MS = 86_400_000;
/** RingCentral's own when an account sets nothing. */
const USUAL_RETENTION_DAYS = 30;
/** Messages are followed for so long after the age at which they go, to see them go. */
const AFTERWARDS_DAYS = 2;
const PER_PAGE = 1_000;
/** Messages followed: what is remembered of them is stored after each look that brings something new. */
const MAX_PAGES = 5;

/**
 * Looks at all messages of an extension and concludes from what differs since the last look what happened to them. That a
 * message was read can be concluded, by whom cannot.
 * @throws OutboundError
 */
export async function collectMessages(
  api: RingCentralApi,
  look: Look,
  { retentionDays, intervalMs, previousLookMs }: MessageStoreOptions,
): Promise<Collected> {
  const { nowMs, checkpoint } = look;
  const fromMs = nowMs - ((retentionDays ?? USUAL_RETENTION_DAYS) + AFTERWARDS_DAYS) * DAY_MS;
  const { records, isAll, pauseMs } = await readAll(api, look, fromMs);
  const known = messageStateOf(checkpoint);
  const before = new Map(Object.entries(known?.messages ?? {}));
  const times = {
    lookMs: nowMs,
    ...(known === undefined ? {} : { previousLookMs: previousLookMs ?? known.lookedAtMs }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  };
  const events: EventInput[] = [];
  const messages: Record<string, KnownMessage> = {};
  for (const [id, current] of records) {
    const was = before.get(id);
    before.delete(id);
    events.push(...messageEvents({ ...times, current, ...(was === undefined ? {} : { previous: recall(id, was) }) }));
    messages[id] = remember(current);
  }
  const oldestMs = isAll ? fromMs : Math.min(...[...records.values()].map(createdMs));
  for (const [id, was] of before) {
    const previous = recall(id, was);
    // Too old to be in the list: nothing happened to it.
    if (createdMs(previous) > oldestMs) events.push(...messageEvents({ ...times, previous }));
  }
  return {
    events,
    state: stateAfter(known, messages, nowMs),
    nextInMs: Math.max(intervalMs, pauseMs),
    pauseMs,
    warnings: isAll ? [] : [`there are more than ${MAX_PAGES * PER_PAGE} messages: only the newest are followed`],
  };
}

/** What says the same as before need not be stored again. */
function stateAfter(known: MessageState | undefined, messages: KnownMessages, nowMs: number): Json {
  const isSame = known !== undefined && JSON.stringify(known.messages) === JSON.stringify(messages);
  return (isSame ? known : { messages, lookedAtMs: nowMs }) as unknown as Json;
}

async function readAll(api: RingCentralApi, { nowMs, signal }: Look, fromMs: number) {
  const records = new Map<string, MessageRecord>();
  let pauseMs = 0;
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({ dateFrom: formatTime(fromMs), dateTo: formatTime(nowMs) });
    for (const availability of ["Alive", "Deleted", "Purged"]) query.append("availability", availability);
    query.append("page", String(page));
    query.append("perPage", String(PER_PAGE));
    const answer = await api.listMessages(query, signal);
    const { records: list, navigation } = answer.value as { readonly records?: Json; readonly navigation?: Json };
    if (!Array.isArray(list)) throw new OutboundError("the list of messages answered something else than a list");
    pauseMs = Math.max(pauseMs, answer.pauseMs);
    for (const record of list as readonly MessageRecord[]) records.set(idOf(record), record);
    const isLast = (navigation as { readonly nextPage?: Json } | undefined)?.nextPage === undefined;
    if (isLast || page === MAX_PAGES) return { records, isAll: isLast, pauseMs };
  }
}

/** Ids are numbers beyond what JavaScript counts exactly; in an address they are text. */
function idOf({ id, uri }: MessageRecord): string {
  return /\/message-store\/(\d+)$/.exec(String(uri))?.[1] ?? String(id);
}

function createdMs({ creationTime }: MessageRecord): number {
  return Date.parse(String(creationTime));
}
