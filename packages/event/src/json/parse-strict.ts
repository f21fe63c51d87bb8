import { CairnError, type ErrorCode } from "../model/errors.ts";
import type { Json } from "../model/event.ts";
import { LIMITS } from "../model/limits.ts";
import { escapePointerToken, setMember } from "./pointer.ts";

/**
 * Parses I-JSON (RFC 7493) and says exactly what is wrong: line, column and JSON Pointer. It refuses what `JSON.parse`
 * hides: duplicate keys, integers that a double cannot hold, lone surrogates, depth.
 *
 * Slower than `JSON.parse`; the door uses it when that one failed or when a cheap check raised a suspicion.
 * With `faults`, for text that `JSON.parse` took, what I-JSON forbids is collected there instead of thrown, so that one
 * event of a batch can be refused and its neighbours kept. Past {@link MAX_FAULTS} of them the next one is thrown.
 * @throws CairnError json_invalid, duplicate_key, number_out_of_range, text_invalid or too_deep
 */
export function parseStrictJson(text: string, faults?: CairnError[]): Json {
  return new StrictParser(text, faults).document();
}

/** Deepest nesting of a body: an event's, below `events` and its list. */
export const STRICT_DEPTH = LIMITS.depth + 2;

/** More faults than events fit in a batch: who sends so many gets the whole body back, not a list of them. */
const MAX_FAULTS = 2 * LIMITS.batchEvents;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 forbids exactly these in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Mutable cursor over one text; lives for one call. */
class StrictParser {
  private position = 0;
  private readonly path: string[] = [];
  private readonly text: string;
  private readonly faults: CairnError[] | undefined;

  constructor(text: string, faults: CairnError[] | undefined) {
    this.text = text;
    this.faults = faults;
  }

  document(): Json {
    const value = this.value();
    this.space();
    if (this.position < this.text.length)
      this.fail("json_invalid", `unexpected ${this.here()} after the end of the value`);
    return value;
  }

  private value(): Json {
    this.space();
    const char = this.text[this.position];
    switch (char) {
      case "{":
        return this.object();
      case "[":
        return this.array();
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(): Json {
    if (!this.enter()) return null;
    const open = this.position++;
    const result: Record<string, Json> = {};
    this.space();
    if (this.take("}")) return this.leave(result);
    for (;;) {
      this.space();
      const keyAt = this.position;
      if (this.text[this.position] !== '"') {
        const after = this.text[this.position] === "}" ? " (a comma before `}`?)" : "";
        this.fail("json_invalid", `expected a key in double quotes, found ${this.here()}${after}`);
      }
      const key = this.string();
      this.path.push(escapePointerToken(key));
      if (Object.hasOwn(result, key))
        this.fault("duplicate_key", `the key ${JSON.stringify(key)} stands twice in one object`, keyAt);
      this.space();
      if (!this.take(":")) this.fail("json_invalid", `expected \`:\` after a key, found ${this.here()}`);
      setMember(result, key, this.value());
      this.path.pop();
      this.space();
      if (this.take("}")) return this.leave(result);
      if (!this.take(","))
        this.fail(
          "json_invalid",
          `expected \`,\` or \`}\`, found ${this.here()} (object opened at ${this.where(open)})`,
        );
    }
  }

  private array(): Json {
    if (!this.enter()) return null;
    const open = this.position++;
    const result: Json[] = [];
    this.space();
    if (this.take("]")) return this.leave(result);
    for (;;) {
      this.path.push(String(result.length));
      result.push(this.value());
      this.path.pop();
      this.space();
      if (this.take("]")) return this.leave(result);
      if (!this.take(","))
        this.fail(
          "json_invalid",
          `expected \`,\` or \`]\`, found ${this.here()} (array opened at ${this.where(open)})`,
        );
    }
  }

  private string(): string {
    const start = this.position++;
    let result = "";
    for (;;) {
      PLAIN.lastIndex = this.position;
      PLAIN.test(this.text);
      result += this.text.slice(this.position, PLAIN.lastIndex);
      this.position = PLAIN.lastIndex;
      const char = this.text[this.position];
      if (char === '"') {
        this.position++;
        if (!result.isWellFormed()) this.fault("text_invalid", "a string holds half of a surrogate pair", start);
        return result;
      }
      if (char === "\\") result += this.escape();
      else if (char === undefined) this.fail("json_invalid", "the text ends inside a string", start);
      else
        this.fail("json_invalid", `control character ${JSON.stringify(char)} inside a string; write it as an escape`);
    }
  }

  private escape(): string {
    const next = this.text[this.position + 1] ?? "";
    if (next === "u") {
      const hex = this.text.slice(this.position + 2, this.position + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail("json_invalid", "`\\u` needs four hexadecimal digits");
      this.position += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const char = ESCAPES[next];
    if (char === undefined) this.fail("json_invalid", `unknown escape \\${next}`);
    this.position += 2;
    return char;
  }

  private number(): number {
    NUMBER.lastIndex = this.position;
    const match = NUMBER.exec(this.text);
    if (match === null) this.fail("json_invalid", `expected a value, found ${this.here()}`);
    const value = Number(match[0]);
    if (!isExactNumber(value))
      this.fault("number_out_of_range", `${match[0].slice(0, 40)} cannot be kept exactly; send it as a string`);
    this.position += match[0].length;
    return value;
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.position)) this.fail("json_invalid", `expected a value, found ${this.here()}`);
    this.position += word.length;
    return value;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.position++;
    }
  }

  private take(char: string): boolean {
    if (this.text[this.position] !== char) return false;
    this.position++;
    return true;
  }

  private depth = 0;

  /** Goes one level down; false when that is too deep, and what stands there has been passed over. */
  private enter(): boolean {
    if (this.depth >= STRICT_DEPTH) {
      this.fault("too_deep", `nested deeper than ${LIMITS.depth} levels`);
      this.passOver();
      return false;
    }
    this.depth++;
    return true;
  }

  /** Moves behind the object or array that opens here, without recursion. */
  private passOver(): void {
    let open = 0;
    do {
      const char = this.text[this.position];
      if (char === '"') this.string();
      else {
        if (char === "{" || char === "[") open++;
        else if (char === "}" || char === "]") open--;
        this.position++;
      }
    } while (open > 0 && this.position < this.text.length);
  }

  private leave<T>(value: T): T {
    this.depth--;
    return value;
  }

  private here(): string {
    const char = this.text[this.position];
    return char === undefined ? "the end of the text" : JSON.stringify(char);
  }

  private where(position: number): string {
    const { line, column } = lineAndColumn(this.text, position);
    return `line ${line} column ${column}`;
  }

  private fail(code: ErrorCode, message: string, at: number = this.position): never {
    throw this.error(code, message, at);
  }

  private fault(code: ErrorCode, message: string, at: number = this.position): void {
    const error = this.error(code, message, at);
    if (this.faults === undefined || this.faults.length >= MAX_FAULTS) throw error;
    this.faults.push(error);
  }

  private error(code: ErrorCode, message: string, at: number): CairnError {
    const pointer = this.path.length === 0 ? "" : `/${this.path.join("/")}`;
    return new CairnError(code, message, { ...lineAndColumn(this.text, at), pointer });
  }
}

/** Tells whether a double holds this number as it was written: finite, and if whole, within ±(2^53-1). */
export function isExactNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** Gives line and column, both from 1, of a position in a text. */
export function lineAndColumn(text: string, position: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf("\n"); next !== -1 && next < position; next = text.indexOf("\n", next + 1)) {
    line++;
    lineStart = next + 1;
  }
  return { line, column: position - lineStart + 1 };
}
