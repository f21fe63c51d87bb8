import { parseQuery, QueryError, type QueryNode, type Span } from "@cairn/event";

/** What a stretch of a query is, for its colour. */
export type TokenKind = "field" | "value" | "word" | "operator" | "space" | "fault" | "rest";

export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
}

/**
 * Cuts a query into coloured stretches by its real grammar; joined, they are the query. Where it cannot be understood, the
 * stretch at fault is marked, and what comes before it is coloured all the same.
 */
export function colourQuery(text: string): readonly Token[] {
  const kinds: TokenKind[] = Array.from({ length: text.length }, () => "rest");
  const fault = paint(text, kinds);
  if (fault !== undefined) {
    paintBefore(text.slice(0, fault.offset), kinds);
    kinds.fill("fault", fault.offset, fault.offset + fault.length);
  }
  return tokensOf(text, kinds);
}

/** What comes before a mistake is a query of its own, more often than not; else what comes before its last condition is. */
function paintBefore(text: string, kinds: TokenKind[]): void {
  if (paint(text, kinds) === undefined) return;
  const last = text.search(/\S+$/);
  if (last <= 0 || paint(text.slice(0, last), kinds) !== undefined) return;
  // A field that waits for its value.
  if (text.endsWith(":")) kinds.fill("field", last, text.length);
}

function paint(text: string, kinds: TokenKind[]): Span | undefined {
  let query: QueryNode;
  try {
    query = parseQuery(text, { nowMs: 0 });
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { offset: error.place.offset ?? 0, length: error.place.length ?? 0 };
  }
  if (text.trim() !== "") kinds.fill("operator", 0, text.length);
  paintNode(query, kinds);
  return undefined;
}

/** Signs, parentheses and AND, OR, NOT are what is left when the conditions are painted. */
function paintNode(node: QueryNode, kinds: TokenKind[]): void {
  const { offset, length } = node.span;
  switch (node.kind) {
    case "and":
    case "or":
      for (const child of node.children) paintNode(child, kinds);
      return;
    case "not":
      paintNode(node.child, kinds);
      return;
    case "all":
    case "free":
      kinds.fill("word", offset, offset + length);
      return;
    case "term": {
      const value = node.written.value.trimEnd().length;
      kinds.fill("field", offset, offset + length - value);
      kinds.fill("value", offset + length - value, offset + length);
    }
  }
}

function tokensOf(text: string, kinds: readonly TokenKind[]): readonly Token[] {
  const tokens: Token[] = [];
  let start = 0;
  for (let end = 1; end <= text.length; end++) {
    if (end < text.length && kinds[end] === kinds[start]) continue;
    tokens.push({ text: text.slice(start, end), kind: kinds[start] ?? "rest" });
    start = end;
  }
  return tokens;
}
