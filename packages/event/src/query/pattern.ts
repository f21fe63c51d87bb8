/** Any run of characters, the empty one included: `*`. */
export const ANY_RUN = 0;
/** Exactly one character (code point): `?`. */
export const ANY_ONE = 1;

/** A literal text or a wildcard. */
export type Piece = string | typeof ANY_RUN | typeof ANY_ONE;

/** A pattern for one whole text. Literals are never empty and never adjacent; neither are two `*`. */
export type Glob = readonly Piece[];

/** The text of a pattern without wildcards, else undefined. */
export function literalOf(glob: Glob): string | undefined {
  if (glob.length === 0) return "";
  const [only] = glob;
  return glob.length === 1 && typeof only === "string" ? only : undefined;
}

/** Joins adjacent literals, drops empty ones, and makes one `*` of several. */
export function simplify(pieces: Iterable<Piece>): Glob {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece === "" || (piece === ANY_RUN && last === ANY_RUN)) continue;
    if (typeof piece === "string" && typeof last === "string") result[result.length - 1] = last + piece;
    else result.push(piece);
  }
  return result;
}

/** Compiles a pattern into a test of whole texts. Time is at most pattern length × text length. */
export function compileGlob(glob: Glob): (text: string) => boolean {
  const literal = literalOf(glob);
  if (literal !== undefined) return (text) => text === literal;
  const [first, second] = glob;
  if (glob.length === 1 && first === ANY_RUN) return () => true;
  if (glob.length === 2 && typeof first === "string" && second === ANY_RUN) return (text) => text.startsWith(first);
  if (glob.length === 2 && first === ANY_RUN && typeof second === "string") return (text) => text.endsWith(second);
  const segments = splitAtRuns(glob);
  return (text) => matchSegments(segments, text);
}

type Segment = readonly (string | typeof ANY_ONE)[];

function splitAtRuns(glob: Glob): Segment[] {
  const segments: (string | typeof ANY_ONE)[][] = [[]];
  for (const piece of glob) {
    if (piece === ANY_RUN) segments.push([]);
    else segments.at(-1)?.push(piece);
  }
  return segments;
}

/** The first segment stands at the start, the last at the end, the others leftmost in between; no backtracking is needed. */
function matchSegments(segments: readonly Segment[], text: string): boolean {
  const [first = [], ...rest] = segments;
  let position = matchForward(first, text, 0);
  const last = rest.pop();
  if (position === -1 || last === undefined) return position === text.length;
  for (const segment of rest) {
    position = findForward(segment, text, position);
    if (position === -1) return false;
  }
  return matchBackward(last, text, text.length) >= position;
}

function findForward(segment: Segment, text: string, from: number): number {
  for (let start = from; start <= text.length; start = next(text, start)) {
    const end = matchForward(segment, text, start);
    if (end !== -1) return end;
  }
  return -1;
}

function matchForward(segment: Segment, text: string, start: number): number {
  let position = start;
  for (const piece of segment) {
    if (piece === ANY_ONE) {
      if (position >= text.length) return -1;
      position = next(text, position);
    } else if (text.startsWith(piece, position)) position += piece.length;
    else return -1;
  }
  return position;
}

function matchBackward(segment: Segment, text: string, end: number): number {
  let position = end;
  for (let i = segment.length - 1; i >= 0; i--) {
    const piece = segment[i] ?? "";
    if (piece === ANY_ONE) {
      if (position <= 0) return -1;
      position -= isPairBefore(text, position) ? 2 : 1;
    } else {
      position -= piece.length;
      if (position < 0 || !text.startsWith(piece, position)) return -1;
    }
  }
  return position;
}

function next(text: string, position: number): number {
  return position + ((text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1);
}

function isPairBefore(text: string, position: number): boolean {
  return position >= 2 && (text.codePointAt(position - 2) ?? 0) > 0xffff;
}
