import { formatTime, parseTime, quoteValue } from "@cairn/event";
import { SEARCH_LIMITS } from "@cairn/search";
import Type, { type Static } from "typebox";
import { invalidParameter } from "./errors.ts";

const DAY_MS = 86_400_000;
const DEFAULT_PER_PAGE = 100;
/** Values of one filter: three filters and the words stay within the conditions of a query. */
const LISTED = 50;
/** Events that can be reached by page numbers: whoever wants more takes less time at once. */
export const MAX_MATCHES = SEARCH_LIMITS.countedMatches;
/** Each is looked for in several places, and a query has fifty wildcards. */
const MAX_WORDS = 4;

const time = Type.Optional(Type.String({ maxLength: 60 }));
const list = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: LISTED }));

/** RingCentral's `AccountHistorySearchPublicRequest`. Members beyond it are taken and mean nothing, as there. */
export const AuditTrailSearchSchema = Type.Object({
  eventTimeFrom: time,
  eventTimeTo: time,
  initiatorIds: list,
  targetIds: list,
  siteId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  actionIds: list,
  excludeActionIds: list,
  searchString: Type.Optional(Type.String({ maxLength: 200 })),
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  perPage: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type AuditTrailSearch = Static<typeof AuditTrailSearchSchema>;

/** The same in the words of Cairn's search. */
export interface Search {
  readonly q: string;
  readonly from: string;
  readonly to: string;
  readonly page: number;
  readonly perPage: number;
}

/** Reads a request of RingCentral's. More on a page than a page can have is a full page, as `paging` then says. @throws RingCentralError */
export function searchOf(request: AuditTrailSearch, nowMs: number): Search {
  const { page = 1, perPage = DEFAULT_PER_PAGE } = request;
  return {
    q: queryOf(request),
    from: formatTime(timeOf(request.eventTimeFrom, "eventTimeFrom") ?? nowMs - DAY_MS),
    to: formatTime(timeOf(request.eventTimeTo, "eventTimeTo") ?? nowMs),
    page,
    perPage: Math.min(perPage, SEARCH_LIMITS.pageKeys),
  };
}

function timeOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return parseTime(text, "");
  } catch {
    throw invalidParameter(name);
  }
}

function queryOf(request: AuditTrailSearch): string {
  const { initiatorIds = [], targetIds = [], siteId, actionIds = [], excludeActionIds = [], searchString } = request;
  const conditions = [
    anyOf(initiatorIds.map((id) => `actor.id:${quoteValue(id)}`)),
    anyOf(targetIds.map((id) => `target.id:${quoteValue(id)}`)),
    anyOf(
      siteId === undefined ? [] : [`details.target.siteId:=${quoteValue(siteId)}`, `location:=${quoteValue(siteId)}`],
    ),
    anyOf(actionIds.map(actionIs)),
    ...excludeActionIds.map((id) => `NOT ${actionIs(id)}`),
    somewhere(wordsOf(searchString ?? "")),
  ];
  return conditions.filter((condition) => condition !== undefined).join(" ");
}

function anyOf(conditions: readonly string[]): string | undefined {
  return conditions.length === 0 ? undefined : `(${conditions.join(" OR ")})`;
}

/** What a record shows as its `actionId`: RingCentral's own for what came from there, else the action. */
function actionIs(actionId: string): string {
  const id = quoteValue(actionId);
  const words = /[\p{L}\p{N}]/u.test(actionId) ? `(source:ringcentral source_action:=${id}) OR ` : "";
  return `(${words}(action:${id} NOT (source:ringcentral source_action:*)))`;
}

/** RingCentral looks for a part of a name, a role, a number or a value; here each word of it may be a part of a word there. */
function wordsOf(searchString: string): string[] {
  const words = searchString.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  if (words.length > MAX_WORDS || (words.length === 0 && searchString.trim() !== ""))
    throw invalidParameter("searchString");
  return words;
}

const SEARCHED = ["actor.name", "actor.role", "target.name", "changes.before", "changes.after", "details"];

function somewhere(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  return anyOf(SEARCHED.map((field) => `(${words.map((word) => `${field}:*${word}*`).join(" ")})`));
}
