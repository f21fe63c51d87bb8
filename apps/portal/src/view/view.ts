import type { Place } from "../api/answers.ts";
import { ALL_TIME, formatRange, parseRange, type TimeRange } from "./range.ts";
import { isZone, type Zone } from "./zones.ts";

/** The pages, in the order of the navigation. */
export const PAGES = [
  "events",
  "overview",
  "people",
  "actions",
  "exports",
  "integrity",
  "help",
  "members",
  "keys",
  "sources",
  "settings",
  "tenants",
  "health",
  "account",
] as const;
export type PageName = (typeof PAGES)[number];

/** The order of a list: a field of the query language, and which end comes first. */
export interface Sort {
  readonly field: string;
  readonly order: "asc" | "desc";
}
export const NEWEST_FIRST: Sort = { field: "occurred_at", order: "desc" };

/** What the page shows. It lives in the fragment of the address, which browsers keep to themselves. */
export interface View {
  readonly page: PageName;
  readonly query: string;
  readonly range: TimeRange;
  /** Undefined: whatever the reader chose last. */
  readonly zone: Zone | undefined;
  readonly sort: Sort;
  /** Names of columns in their order; undefined: the usual ones. */
  readonly columns: readonly string[] | undefined;
  /** A moment that the list is opened at. */
  readonly at: number | undefined;
  /** The event whose detail is open. */
  readonly place: Place | undefined;
  /** The person whose page is open, by reference. */
  readonly person: string | undefined;
  /** The source whose page is open, by id. */
  readonly source: string | undefined;
  /** The kind of source that is being set up; `which` while it is not chosen. */
  readonly setUp: string | undefined;
  /** Id of the saved view that was opened; what else stands here may differ from it by now. */
  readonly saved: string | undefined;
}

/** The plain list. */
export const PLAIN_VIEW: View = {
  page: "events",
  query: "",
  range: ALL_TIME,
  zone: undefined,
  sort: NEWEST_FIRST,
  columns: undefined,
  at: undefined,
  place: undefined,
  person: undefined,
  source: undefined,
  setUp: undefined,
  saved: undefined,
};

const PERSON = /^sub_[\w-]{1,80}$/;
const SAVED = /^vew_[0-9a-z]{1,36}$/;
const SOURCE = /^src_[\w-]{1,80}$/;
const KIND = /^[a-z][a-z0-9_]{0,59}$/;
const FIELD = /^[A-Za-z_][\w.-]{0,99}$/;

/** Reads a fragment, with or without its `#`. What it does not understand it leaves out. */
export function parseView(fragment: string): View {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const zone = parameters.get("tz");
  const page = parameters.get("page");
  const at = Date.parse(parameters.get("at") ?? "");
  const columns = (parameters.get("cols") ?? "").split(",").filter((name) => FIELD.test(name));
  return {
    page: PAGES.find((name) => name === page) ?? "events",
    query: parameters.get("q") ?? "",
    range: parseRange(parameters),
    zone: zone !== null && isZone(zone) ? canonicalZone(zone) : undefined,
    sort: parseSort(parameters.get("sort") ?? ""),
    columns: columns.length === 0 ? undefined : [...new Set(columns)],
    at: Number.isNaN(at) ? undefined : at,
    place: parsePlace(parameters.get("event") ?? ""),
    person: PERSON.exec(parameters.get("person") ?? "")?.[0],
    source: SOURCE.exec(parameters.get("source") ?? "")?.[0],
    setUp: KIND.exec(parameters.get("set-up") ?? "")?.[0],
    saved: SAVED.exec(parameters.get("view") ?? "")?.[0],
  };
}

/** Writes the fragment of a view, `#` included; `#` alone for the plain list. */
export function formatView(view: View): string {
  const parameters = new URLSearchParams();
  if (view.page !== "events") parameters.set("page", view.page);
  if (view.query !== "") parameters.set("q", view.query);
  for (const [name, value] of formatRange(view.range)) parameters.set(name, value);
  if (view.zone !== undefined) parameters.set("tz", view.zone);
  const sort = formatSort(view.sort);
  if (sort !== formatSort(NEWEST_FIRST)) parameters.set("sort", sort);
  if (view.columns !== undefined) parameters.set("cols", view.columns.join(","));
  if (view.at !== undefined) parameters.set("at", new Date(view.at).toISOString());
  if (view.place !== undefined) parameters.set("event", formatPlace(view.place));
  if (view.person !== undefined) parameters.set("person", view.person);
  if (view.source !== undefined) parameters.set("source", view.source);
  if (view.setUp !== undefined) parameters.set("set-up", view.setUp);
  if (view.saved !== undefined) parameters.set("view", view.saved);
  // Slashes, colons and commas are plain in a fragment, and a reader can then see what a link is about.
  return `#${parameters.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
}

/** Writes an order: `action`, or `-occurred_at` for the largest first. */
export function formatSort({ field, order }: Sort): string {
  return order === "desc" ? `-${field}` : field;
}

function parseSort(text: string): Sort {
  const field = text.replace(/^-/, "");
  return FIELD.test(field) ? { field, order: text.startsWith("-") ? "desc" : "asc" } : NEWEST_FIRST;
}

/** `utc` is what people write; the zone is called `UTC`. */
function canonicalZone(zone: string): Zone {
  return zone.toLowerCase() === "utc" ? "UTC" : zone;
}

/** Writes a place as people read it: `1/41`. */
export function formatPlace({ ledger, sequence }: Place): string {
  return `${ledger}/${sequence}`;
}

function parsePlace(text: string): Place | undefined {
  const [, ledger, sequence] = /^([1-9]\d{0,8})\/(0|[1-9]\d{0,14})$/.exec(text) ?? [];
  return ledger === undefined || sequence === undefined
    ? undefined
    : { ledger: Number(ledger), sequence: Number(sequence) };
}

/** Tells whether two places are one. */
export function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a?.ledger === b?.ledger && a?.sequence === b?.sequence;
}
