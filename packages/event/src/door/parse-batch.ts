import { countKeys, countStructuralColons } from "../json/inspect.ts";
import { parseStrictJson } from "../json/parse-strict.ts";
import { CairnError } from "../model/errors.ts";
import { LIMITS } from "../model/limits.ts";

export type BatchFormat = "json" | "ndjson";

/** One event of a body: its JSON value, or why it cannot be read. */
export type BatchItem =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refused"; readonly error: CairnError };

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A lone surrogate can only come from an escape; this finds every escape that could be half of one. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Splits a request body into events: one object, an array, `{"events": […]}`, or one object per line.
 * An event that breaks I-JSON is refused by itself; text that is not JSON at all refuses the whole body (a line, in NDJSON).
 * @throws CairnError utf8_invalid, body_empty, json_invalid or batch_too_many_events
 */
export function parseBatch(bytes: Uint8Array, format: BatchFormat): BatchItem[] {
  const text = decode(bytes);
  return format === "json" ? parseDocument(text, bytes) : parseLines(text, bytes);
}

function tooMany(count: number): never {
  throw new CairnError("batch_too_many_events", `${count} events in one request; at most ${LIMITS.batchEvents} fit`);
}

function decode(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes);
    if (text.trim() === "") throw new CairnError("body_empty", "the body is empty");
    return text;
  } catch (error) {
    if (error instanceof CairnError) throw error;
    throw new CairnError("utf8_invalid", "the body is not UTF-8", { cause: error });
  }
}

function parseDocument(text: string, bytes: Uint8Array): BatchItem[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    parseStrictJson(text);
    throw new CairnError("json_invalid", "the body is not JSON", { cause, line: 1, column: 1 });
  }
  const { events, prefix } = eventsOf(document);
  if (events.length > LIMITS.batchEvents) return tooMany(events.length);
  const items: BatchItem[] = events.map((value) => ({ kind: "value", value }));
  if (countStructuralColons(bytes) === countKeys(document) && !SURROGATE_ESCAPE.test(text)) return items;
  const { faults, isComplete } = strictFaults(text);
  for (const fault of faults) {
    const [, index, rest] = prefix.exec(fault.place.pointer ?? "") ?? [];
    if (index === undefined || (!isComplete && items.length > 1)) throw fault;
    // A body that is one event has no index: Number("") is 0, its place in the list.
    if (items[Number(index)]?.kind === "refused") continue;
    const pointer = rest ?? "";
    items[Number(index)] = {
      kind: "refused",
      error: new CairnError(fault.code, fault.message, { ...fault.place, pointer }),
    };
  }
  return items;
}

/** The events of a parsed body, and how a pointer into the body names one of them. */
function eventsOf(document: unknown): { events: readonly unknown[]; prefix: RegExp } {
  if (Array.isArray(document)) return { events: document as unknown[], prefix: /^\/(\d+)(\/.*)?$/s };
  if (typeof document === "object" && document !== null && Array.isArray((document as { events?: unknown }).events)) {
    const { events, ...rest } = document as { events: unknown[] };
    const [stray] = Object.keys(rest);
    if (stray === undefined) return { events, prefix: /^\/events\/(\d+)(\/.*)?$/s };
    throw new CairnError("field_unknown", `\`${stray}\` stands beside \`events\`; only events belong in a batch`, {
      pointer: `/${stray}`,
    });
  }
  return { events: [document], prefix: /^()(.*)$/s };
}

function parseLines(text: string, bytes: Uint8Array): BatchItem[] {
  const items: BatchItem[] = [];
  const lines: { line: string; number: number }[] = [];
  let keys = 0;
  const written = text.split("\n");
  const count = written.reduce((sum, line) => sum + (line.trim() === "" ? 0 : 1), 0);
  if (count > LIMITS.batchEvents) return tooMany(count);
  for (const [i, line] of written.entries()) {
    if (line.trim() === "") continue;
    lines.push({ line, number: i + 1 });
    try {
      const value: unknown = JSON.parse(line);
      keys += countKeys(value);
      items.push({ kind: "value", value });
    } catch {
      items.push({ kind: "refused", error: lineFault(line, i + 1) });
    }
  }
  const hasRefused = items.some((item) => item.kind === "refused");
  if (!hasRefused && countStructuralColons(bytes) === keys && !SURROGATE_ESCAPE.test(text)) return items;
  for (const [i, { line, number }] of lines.entries()) {
    if (items[i]?.kind === "refused") continue;
    const [fault] = strictFaults(line).faults;
    if (fault !== undefined) items[i] = { kind: "refused", error: atLine(fault, number) };
  }
  return items;
}

/** What I-JSON forbids in a text; incomplete when there was too much of it, or no JSON at all. */
function strictFaults(text: string): { readonly faults: readonly CairnError[]; readonly isComplete: boolean } {
  const faults: CairnError[] = [];
  try {
    parseStrictJson(text, faults);
    return { faults, isComplete: true };
  } catch (error) {
    if (error instanceof CairnError) return { faults: [error], isComplete: false };
    throw error;
  }
}

function lineFault(line: string, number: number): CairnError {
  const [fault] = strictFaults(line).faults;
  return atLine(fault ?? new CairnError("json_invalid", "the line is not JSON", { column: 1 }), number);
}

function atLine(fault: CairnError, line: number): CairnError {
  return new CairnError(fault.code, fault.message, { ...fault.place, line });
}
