import { type JsonToken, jsonTokens, type Stretch } from "./json-tokens.ts";

/** Where a cursor stands in a text that need not be whole JSON. */
export interface CursorContext {
  /** `name`: a member's name belongs here. `value`: a value does. */
  readonly at: "name" | "value";
  /** Names and positions that lead to the object or list, for a value to the value itself. */
  readonly path: readonly (string | number)[];
  /** Names that the object has besides the one at the cursor. */
  readonly names: readonly string[];
  /** What is there already, up to the cursor, without a leading quote. */
  readonly written: string;
  /** What a choice would take the place of. */
  readonly place: Stretch;
  /** Whether a colon follows already. */
  readonly isNamed: boolean;
}

interface Level {
  readonly kind: "object" | "list";
  index: number;
  name: string | undefined;
  names: string[];
  state: "name" | "colon" | "value" | "after";
}

/** Finds out where a cursor stands; undefined where nothing can be offered. */
export function cursorContext(text: string, cursor: number): CursorContext | undefined {
  const tokens = jsonTokens(text).filter(({ kind }) => kind !== "space");
  const levels: Level[] = [];
  let next = 0;
  for (; next < tokens.length; next++) {
    const token = tokens[next]!;
    if (token.to > cursor || (token.to === cursor && isOpenAt(token))) break;
    step(levels, token);
  }
  const level = levels.at(-1);
  const token = tokens[next];
  const isInside = token !== undefined && (token.from < cursor || (token.from === cursor && token.kind !== "sign"));
  if (isInside && token.kind === "sign") return undefined;
  if (level === undefined) return next === 0 && !isInside ? valueAt([], undefined, cursor) : undefined;
  const inside = isInside ? withoutRest(token, cursor) : undefined;
  const path = levels.slice(0, -1).map((each) => (each.kind === "object" ? (each.name ?? "") : each.index));
  if (level.kind === "list")
    return level.state === "value" ? valueAt([...path, level.index], inside, cursor) : undefined;
  if (level.state === "value") return valueAt([...path, level.name ?? ""], inside, cursor);
  if (level.state !== "name") return undefined;
  const rest = inside === undefined ? tokens.slice(next) : tokensFrom(text, inside.to);
  return {
    ...{ at: "name", path, names: [...level.names, ...namesAhead(rest)] },
    ...written(inside, cursor),
    isNamed: rest[0]?.text === ":",
  };
}

/** Whether a stretch goes on at its end: a word does, and a text without its closing quote. */
function isOpenAt({ kind, text }: JsonToken): boolean {
  if (kind === "text") return !isClosed(text);
  return kind === "word" || kind === "number" || kind === "other";
}

/** A text that is not closed would run to the end of its line: it is as far as its letters go. */
function withoutRest(token: JsonToken, cursor: number): JsonToken {
  const { kind, text, from } = token;
  if (kind !== "text" || isClosed(text)) return token;
  const ahead = /^[\w.~/-]*/.exec(text.slice(cursor - from))?.[0].length ?? 0;
  const to = Math.max(cursor, from + 1) + ahead;
  return { kind, from, to, text: text.slice(0, to - from) };
}

function tokensFrom(text: string, from: number): readonly JsonToken[] {
  return jsonTokens(text.slice(from)).filter(({ kind }) => kind !== "space");
}

function isClosed(text: string): boolean {
  return text.length > 1 && /(?:^|[^\\])(?:\\\\)*"$/.test(text.slice(1));
}

function step(levels: Level[], { kind, text }: JsonToken): void {
  const level = levels.at(-1);
  if (text === "{" || text === "[") {
    const isObject = text === "{";
    levels.push({
      ...{ kind: isObject ? "object" : "list", index: 0, name: undefined, names: [] },
      state: isObject ? "name" : "value",
    });
    return;
  }
  if (text === "}" || text === "]") {
    levels.pop();
    const outer = levels.at(-1);
    if (outer !== undefined) outer.state = "after";
    return;
  }
  if (level === undefined) return;
  if (text === ",") {
    level.index++;
    level.state = level.kind === "object" ? "name" : "value";
  } else if (text === ":") level.state = "value";
  else if (level.kind === "object" && level.state === "name" && kind === "text") {
    level.name = textOf(text);
    level.names.push(level.name);
    level.state = "colon";
  } else level.state = "after";
}

/** Names behind the cursor that belong to the same object. */
function namesAhead(tokens: readonly JsonToken[]): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [i, { kind, text }] of tokens.entries()) {
    if (text === "{" || text === "[") depth++;
    else if (text === "}" || text === "]") depth--;
    if (depth < 0) break;
    if (depth === 0 && kind === "text" && tokens[i + 1]?.text === ":") names.push(textOf(text));
  }
  return names;
}

function valueAt(path: readonly (string | number)[], inside: JsonToken | undefined, cursor: number): CursorContext {
  return { at: "value", path, names: [], ...written(inside, cursor), isNamed: false };
}

function written(inside: JsonToken | undefined, cursor: number): Pick<CursorContext, "written" | "place"> {
  if (inside === undefined) return { written: "", place: { from: cursor, to: cursor } };
  const { from, to, text } = inside;
  return { written: text.slice(0, cursor - from).replace(/^"/, ""), place: { from, to } };
}

function textOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token.replace(/^"|"$/g, "");
  }
}
