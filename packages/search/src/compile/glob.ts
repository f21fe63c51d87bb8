import { ANY_RUN, type Glob, literalOf } from "@cairn/event";
import type { Params } from "./params.ts";

/** Writes a pattern as one of LIKE, where `_` is one code point. */
export function likePattern(glob: Glob): string {
  return glob
    .map((piece) => (typeof piece === "string" ? piece.replace(/[\\%_]/g, "\\$&") : piece === ANY_RUN ? "%" : "_"))
    .join("");
}

/** Compares a folded text as a whole. */
export function matchPlain(column: string, glob: Glob, params: Params): string {
  const literal = literalOf(glob);
  if (literal !== undefined) return `${column} = ${params.string(literal)}`;
  return `${column} LIKE ${params.string(likePattern(glob))}`;
}

/**
 * Compares what stands before the NUL of a kept keyword. A wildcard cannot reach beyond it: there is only one NUL, and the
 * pattern ends with it.
 */
export function matchKept(column: string, glob: Glob, params: Params): string {
  const literal = literalOf(glob);
  if (literal !== undefined) return `startsWith(${column}, concat(${params.string(literal)}, '\\0'))`;
  return `${column} LIKE concat(${params.string(likePattern(glob))}, '\\0%')`;
}
