import { setMember } from "@cairn/event";
import { SourceError } from "../core/source-error.ts";

/** Takes a text apart; undefined for one that does not fit. */
export type LinePattern = (text: string) => Record<string, string> | undefined;

interface Piece {
  /** Name of a value; undefined for text that stands for itself. */
  readonly name?: string;
  readonly literal: string;
  /** A value in double quotes, where `\"` and `\\` are escaped. */
  readonly isQuoted?: boolean;
}

const NAME = /^\{(\.\.\.)?([A-Za-z_][A-Za-z0-9_]{0,99})\}/;

/**
 * Compiles a pattern of lines: `{host} {ident} {user} [{time}] "{request}" {status} {...rest}`. A value ends where the text
 * behind it begins; one in double quotes ends at the quote that is not escaped. `{...rest}` is the last one and may be
 * missing. Matching never goes back, so that no line can make it slow.
 * @throws SourceError definition_invalid
 */
export function compileLinePattern(pattern: string, pointer: string): LinePattern {
  const pieces = piecesOf(pattern, pointer);
  return (text) => {
    const values: Record<string, string> = {};
    let at = 0;
    for (const [i, piece] of pieces.entries()) {
      if (piece.name === undefined) {
        if (!text.startsWith(piece.literal, at)) {
          // The space before a rest that is missing may be missing too.
          return isRest(pieces[i + 1]) && text.slice(at) === piece.literal.trimEnd() ? values : undefined;
        }
        at += piece.literal.length;
        continue;
      }
      const end = piece.isQuoted === true ? endOfQuoted(text, at) : endOfPlain(text, at, pieces[i + 1]);
      if (end === undefined) return undefined;
      const value = text.slice(at, end);
      if (!isRest(piece) || value !== "")
        setMember(values, piece.name, piece.isQuoted === true ? unescaped(value) : value);
      at = end;
    }
    return at === text.length ? values : undefined;
  };
}

function isRest(piece: Piece | undefined): boolean {
  return piece?.literal === "...";
}

function piecesOf(pattern: string, pointer: string): Piece[] {
  const pieces: Piece[] = [];
  const names = new Set<string>();
  let literal = "";
  for (let at = 0; at < pattern.length; ) {
    const match = NAME.exec(pattern.slice(at));
    if (match === null) {
      literal += pattern[at];
      at++;
      continue;
    }
    const [whole, rest = "", name = ""] = match;
    at += whole.length;
    if (literal !== "") pieces.push({ literal });
    else if (pieces.length > 0) throw invalid("two values need a text between them", pointer);
    if (names.has(name)) throw invalid(`the name ${name} stands twice`, pointer);
    if (rest !== "" && at < pattern.length) throw invalid("a rest is the last value", pointer);
    names.add(name);
    pieces.push({ name, literal: rest, isQuoted: literal.endsWith('"') && pattern[at] === '"' });
    literal = "";
  }
  if (names.size === 0) throw invalid("the pattern has no {value}", pointer);
  if (literal !== "") pieces.push({ literal });
  return pieces;
}

function endOfPlain(text: string, at: number, next: Piece | undefined): number | undefined {
  if (next === undefined) return text.length;
  const end = text.indexOf(next.literal, at);
  if (end !== -1) return end;
  const trimmed = next.literal.trimEnd();
  return text.endsWith(trimmed) ? text.length - trimmed.length : undefined;
}

function endOfQuoted(text: string, at: number): number | undefined {
  for (let end = at; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === '"') return end;
  }
  return undefined;
}

function unescaped(value: string): string {
  return value.includes("\\") ? value.replace(/\\(["\\])/g, "$1") : value;
}

function invalid(message: string, pointer: string): SourceError {
  return new SourceError("definition_invalid", message, { pointer });
}
