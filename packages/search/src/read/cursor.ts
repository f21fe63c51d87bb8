import { createHash } from "node:crypto";
import { formatQuery, type QueryNode } from "@cairn/event";
import { IndexError } from "../errors.ts";
import type { Position } from "./scope.ts";
import type { SortOrder } from "./sort.ts";

/** Where a page ended. Whoever hands it out signs it; it holds no secret, but a sort value may be personal. */
export interface SearchCursor {
  /** What the first page could see; the later ones see the same. */
  readonly asOf: Position;
  /** The moment that relative times of the query count from, Unix milliseconds: parse the query with it again. */
  readonly nowMs: number;
  /** The last event of the page and the value it was sorted by. */
  readonly last: Position & { readonly value: number | string };
  /** Whose search it was, and by what. */
  readonly queryHash: string;
}

const FORMAT_VERSION = 1;

/** A short text that is the same exactly for the same search. */
export function hashOfSearch(search: {
  tenantNo: number;
  query: QueryNode;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  sort: string;
  order: SortOrder;
}): string {
  const { tenantNo, query, fromMs, toMs, sort, order } = search;
  const text = JSON.stringify([FORMAT_VERSION, tenantNo, formatQuery(query), fromMs, toMs, sort, order]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

/** Writes a cursor as URL-safe text. */
export function encodeCursor({ asOf, nowMs, last, queryHash }: SearchCursor): string {
  const values = [FORMAT_VERSION, asOf.ledger, asOf.sequence, nowMs, last.value, last.ledger, last.sequence, queryHash];
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/**
 * Reads a cursor.
 * @throws IndexError cursor_invalid
 */
export function decodeCursor(text: string): SearchCursor {
  const [version, asOfLedger, asOfSequence, nowMs, value, ledger, sequence, queryHash, ...rest] = parse(text);
  const isWhole = (each: unknown): each is number => Number.isSafeInteger(each);
  if (
    version !== FORMAT_VERSION ||
    rest.length > 0 ||
    !isWhole(asOfLedger) ||
    !isWhole(asOfSequence) ||
    !isWhole(nowMs) ||
    !isWhole(ledger) ||
    !isWhole(sequence) ||
    !(typeof value === "string" || isWhole(value)) ||
    typeof queryHash !== "string"
  ) {
    throw new IndexError("cursor_invalid", "this is no cursor of this version");
  }
  return {
    asOf: { ledger: asOfLedger, sequence: asOfSequence },
    nowMs,
    last: { value, ledger, sequence },
    queryHash,
  };
}

function parse(text: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}
