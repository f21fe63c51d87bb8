import { escapePointerToken, type Json, setMember } from "@cairn/event";
import { type JsonToken, jsonTokens, type Stretch } from "./json-tokens.ts";

/** What is wrong with a text that should be JSON; the page has words for each. */
export type JsonFaultKind =
  | "empty"
  | "value"
  | "key"
  | "colon"
  | "comma"
  | "end"
  | "after"
  | "text"
  | "number"
  | "word"
  | "twice"
  | "deep";

export interface JsonFault extends Stretch {
  readonly kind: JsonFaultKind;
}

/** Where a value stands, and the name before it if it has one. */
export interface JsonPlace extends Stretch {
  readonly key: Stretch | undefined;
}

/** A text that was read: its value and where each part stands, by JSON Pointer, or the first thing that is wrong. */
export type ReadJson =
  | { readonly kind: "value"; readonly value: Json; readonly places: ReadonlyMap<string, JsonPlace> }
  | { readonly kind: "fault"; readonly fault: JsonFault };

/** Deeper than any mapping, and no deeper than this page can go itself. */
const MAX_DEPTH = 100;

class Fault extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** Reads a JSON text. A name that one object has twice is a fault, too. */
export function readJson(text: string): ReadJson {
  const reader = new Reader(text);
  try {
    const value = reader.whole();
    return { kind: "value", value, places: reader.places };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: "fault", fault: error.fault };
  }
}

class Reader {
  readonly places = new Map<string, JsonPlace>();
  private readonly tokens: readonly JsonToken[];
  private readonly end: Stretch;
  private next = 0;

  constructor(text: string) {
    this.tokens = jsonTokens(text).filter(({ kind }) => kind !== "space");
    const last = this.tokens.at(-1)?.to ?? 0;
    this.end = { from: last, to: last };
  }

  whole(): Json {
    if (this.tokens.length === 0) this.fail("empty");
    const value = this.value("", undefined, 0);
    if (this.next < this.tokens.length) this.fail("after");
    return value;
  }

  private value(pointer: string, key: Stretch | undefined, depth: number): Json {
    const token = this.tokens[this.next];
    if (token === undefined) return this.fail("end");
    if (depth > MAX_DEPTH) return this.fail("deep");
    const value = this.after(token, pointer, depth);
    this.places.set(pointer, { from: token.from, to: this.tokens[this.next - 1]?.to ?? token.to, key });
    return value;
  }

  private after(token: JsonToken, pointer: string, depth: number): Json {
    if (token.text === "{") return this.object(pointer, depth);
    if (token.text === "[") return this.list(pointer, depth);
    const value = this.scalar(token);
    this.next++;
    return value;
  }

  private scalar({ kind, text }: JsonToken): Json {
    if (kind === "sign") return this.fail("value");
    if (kind === "text" || kind === "number") {
      try {
        return JSON.parse(text) as Json;
      } catch {
        return this.fail(kind);
      }
    }
    if (text === "true") return true;
    if (text === "false") return false;
    return text === "null" ? null : this.fail("word");
  }

  private object(pointer: string, depth: number): Json {
    const members: Record<string, Json> = {};
    this.next++;
    if (this.take("}")) return members;
    for (;;) {
      const name = this.tokens[this.next];
      if (name === undefined) return this.fail("end");
      if (name.kind !== "text") return this.fail("key");
      const key = this.scalar(name) as string;
      if (Object.hasOwn(members, key)) return this.fail("twice");
      this.next++;
      if (!this.take(":")) return this.fail("colon");
      const { from, to } = name;
      setMember(members, key, this.value(`${pointer}/${escapePointerToken(key)}`, { from, to }, depth + 1));
      if (this.take("}")) return members;
      if (!this.take(",")) return this.fail("comma");
    }
  }

  private list(pointer: string, depth: number): Json {
    const members: Json[] = [];
    this.next++;
    if (this.take("]")) return members;
    for (;;) {
      members.push(this.value(`${pointer}/${members.length}`, undefined, depth + 1));
      if (this.take("]")) return members;
      if (!this.take(",")) return this.fail("comma");
    }
  }

  private take(sign: string): boolean {
    if (this.tokens[this.next]?.text !== sign) return false;
    this.next++;
    return true;
  }

  /** At the stretch that is read; behind the last one where there is none. */
  private fail(kind: JsonFaultKind): never {
    const at = this.tokens[this.next];
    if (at !== undefined) throw new Fault({ kind, from: at.from, to: at.to });
    throw new Fault({ kind: kind === "empty" ? kind : "end", ...this.end });
  }
}
