import { MAX_RECORD_BYTES } from "./record.ts";

/** A piece of a JSON document that is to be one record, not yet parsed. */
export interface JsonElement {
  readonly kind: "element";
  readonly bytes: Uint8Array;
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Key of the array it is in: `events`, `Records`; undefined in a bare array, or alone. */
  readonly key: string | undefined;
}

/** Something in a JSON document that is no record. */
export interface JsonFault {
  readonly kind: "fault";
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  /** Whether the rest of the document is lost. */
  readonly isEnd: boolean;
}

/** Arrays of records in an object. */
const WRAPPER = /^\s*"(events|Records)"\s*:\s*$/;
const KEY = /^\s*"((?:[^"\\]|\\.)*)"\s*:/;

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;

/**
 * Splits a JSON document of any length into its records: the elements of an array, those of `events` or `Records` in an
 * object, or a single object. It looks at brackets and strings only; whether a record is JSON is for its parser to say, so
 * that one that is not leaves its neighbours whole.
 */
export async function* splitJson(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<JsonElement | JsonFault, void, undefined> {
  const splitter = createSplitter();
  for await (const chunk of chunks) {
    for (const byte of chunk) splitter.take(byte);
    yield* splitter.found.splice(0);
    if (splitter.isLost()) return;
  }
  splitter.end();
  yield* splitter.found.splice(0);
}

interface Splitter {
  readonly found: (JsonElement | JsonFault)[];
  take(byte: number): void;
  end(): void;
  isLost(): boolean;
}

/** Where in the document the splitter is. */
type Mode =
  /** Before the first bracket. */
  | "start"
  /** Among the members of an object that may have an array of records. */
  | "members"
  /** Among the elements of an array of records. */
  | "elements"
  | "after"
  | "lost";

function createSplitter(): Splitter {
  const found: (JsonElement | JsonFault)[] = [];
  let mode: Mode = "start";
  let line = 1;
  let column = 0;
  /** Open brackets, and whether a string is open; only `take` changes these. */
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  /** Depth at which the members or elements lie: 1, or 2 for elements of an array in an object. */
  let base = 0;
  let key: string | undefined;
  /** The member or element being read. */
  const item = createGatherer();
  let itemLine = 1;
  let itemColumn = 1;
  /** The whole object, until it is known to have an array of records. */
  const whole = createGatherer();
  let wholeLine = 1;
  let members = 0;

  function fault(code: string, message: string, end: "lost" | "goes on"): void {
    found.push({ kind: "fault", line, column, code, message, isEnd: end === "lost" });
    if (end === "lost") mode = "lost";
  }

  function begin(byte: number): void {
    if (isWhiteSpace(byte) || (line === 1 && byte === BYTE_ORDER_MARK[column - 1])) return;
    if (byte !== OPEN_ARRAY && byte !== OPEN_OBJECT) {
      fault("json_invalid", "expected [ or {", "lost");
      return;
    }
    mode = byte === OPEN_ARRAY ? "elements" : "members";
    base = 1;
    depth = 1;
    wholeLine = line;
    item.clear();
    members = 0;
    if (mode === "members") whole.add(byte);
  }

  function endElement(isLast: boolean): void {
    const bytes = item.take();
    if (bytes === undefined) {
      const message = `the record has more than ${MAX_RECORD_BYTES} bytes`;
      found.push({ kind: "fault", line: itemLine, column: itemColumn, code: "event_too_large", message, isEnd: false });
    } else if (bytes.length > 0) found.push({ kind: "element", bytes: trimEnd(bytes), line: itemLine, key });
    else if (!isLast || members > 0) fault("json_invalid", "expected a value, found none", "goes on");
    members++;
  }

  function endMember(): void {
    const text = Buffer.from(item.take() ?? new Uint8Array(0)).toString();
    const name = KEY.exec(text)?.[1];
    if (key !== undefined && name !== key && name !== undefined) {
      fault("field_unknown", `"${name.slice(0, 100)}" stands beside "${key}"; only records belong there`, "goes on");
    }
  }

  /** Among members: finds the array of records, and the end. */
  function takeMember(byte: number): void {
    if (byte === OPEN_ARRAY && depth === base + 1 && key === undefined) {
      const name = WRAPPER.exec(Buffer.from(item.peek()).toString())?.[1];
      if (name !== undefined) {
        key = name;
        mode = "elements";
        base = 2;
        members = 0;
        item.clear();
        return;
      }
    }
    if (depth < base) endObject();
    else if (depth === base && byte === COMMA) endMember();
    else item.add(byte);
  }

  function endObject(): void {
    endMember();
    mode = "after";
    if (key !== undefined) return;
    const bytes = whole.take();
    if (bytes !== undefined) found.push({ kind: "element", bytes, line: wholeLine, key: undefined });
    else fault("event_too_large", `the record has more than ${MAX_RECORD_BYTES} bytes`, "goes on");
  }

  function takeElement(byte: number): void {
    if (depth < base) {
      endElement(true);
      mode = base === 1 ? "after" : "members";
      base = 1;
    } else if (depth === base && byte === COMMA) endElement(false);
    else if (!item.isEmpty() || !isWhiteSpace(byte)) addToElement(byte);
  }

  function addToElement(byte: number): void {
    if (item.isEmpty()) {
      itemLine = line;
      itemColumn = column;
    }
    item.add(byte);
  }

  /** Follows strings and brackets; true when the byte is outside of strings. */
  function follow(byte: number): boolean {
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isInString = false;
      return false;
    }
    if (byte === QUOTE) isInString = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    return byte !== QUOTE;
  }

  function takeInside(byte: number): void {
    if (mode === "members" && key === undefined) whole.add(byte);
    if (follow(byte)) {
      if (mode === "members") takeMember(byte);
      else takeElement(byte);
    } else addToElement(byte);
  }

  return {
    found,
    isLost: () => mode === "lost",

    take(byte) {
      column++;
      if (mode === "members" || mode === "elements") takeInside(byte);
      else if (mode === "start") begin(byte);
      else if (mode === "after" && !isWhiteSpace(byte))
        fault("json_invalid", "there is more after the document", "lost");
      if (byte !== NEWLINE) return;
      line++;
      column = 0;
    },

    end() {
      if (mode === "start") fault("body_empty", "the file is empty", "lost");
      else if (mode === "members" || mode === "elements") {
        fault("json_invalid", "the file ends in the middle of the document", "lost");
      }
    },
  };
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

function trimEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && isWhiteSpace(bytes[end - 1] ?? 0)) end--;
  return bytes.subarray(0, end);
}

/** Gathers bytes up to the longest record. */
interface Gatherer {
  isEmpty(): boolean;
  add(byte: number): void;
  peek(): Uint8Array;
  /** Gives what was gathered and begins anew; undefined when it was too much. */
  take(): Uint8Array | undefined;
  clear(): void;
}

function createGatherer(): Gatherer {
  let buffer = new Uint8Array(1_024);
  let length = 0;
  return {
    isEmpty: () => length === 0,
    add(byte) {
      if (length < MAX_RECORD_BYTES) {
        if (length === buffer.length) {
          const larger = new Uint8Array(buffer.length * 2);
          larger.set(buffer);
          buffer = larger;
        }
        buffer[length] = byte;
      }
      length++;
    },
    peek: () => buffer.subarray(0, Math.min(length, buffer.length)),
    take() {
      const taken = length > MAX_RECORD_BYTES ? undefined : buffer.slice(0, length);
      length = 0;
      return taken;
    },
    clear() {
      length = 0;
    },
  };
}
