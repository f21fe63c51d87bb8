/** What a stretch of a JSON text is. */
export type JsonTokenKind = "text" | "number" | "word" | "sign" | "space" | "other";

/** A stretch of a text: UTF-16 code units, the end not included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface JsonToken extends Stretch {
  readonly kind: JsonTokenKind;
  readonly text: string;
}

const TOKEN =
  /(?<text>"(?:[^"\\\n]|\\.)*"?)|(?<number>-?\d[\d.eE+-]*)|(?<word>[A-Za-z_$][\w$]*)|(?<sign>[{}[\],:])|(?<space>[ \t\r\n]+)|(?<other>[\s\S])/gu;
const KINDS: readonly JsonTokenKind[] = ["text", "number", "word", "sign", "space", "other"];

/** Cuts a text into stretches; joined, they are the text, whatever it holds. */
export function jsonTokens(text: string): readonly JsonToken[] {
  return Array.from(text.matchAll(TOKEN), (match) => {
    const { groups = {}, index } = match;
    const kind = KINDS.find((each) => groups[each] !== undefined) ?? "other";
    return { kind, text: match[0], from: index, to: index + match[0].length };
  });
}
