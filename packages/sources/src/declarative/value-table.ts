import { pointerTo } from "../core/leftovers.ts";
import { SourceError } from "../core/source-error.ts";
import type { Table } from "./definition.ts";

/** Looks a text up; undefined for one that is not in the table. */
export type LookUp = (text: string) => string | undefined;

/** A name with one `*`: gives what the `*` stands for, or undefined. */
export type Glob = (text: string) => string | undefined;

/** Compiles a name with one `*`. */
export function compileOneStar(glob: string): Glob {
  const star = glob.indexOf("*");
  const start = glob.slice(0, star);
  const end = glob.slice(star + 1);
  return (text) =>
    text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
      ? text.slice(start.length, text.length - end.length)
      : undefined;
}

/**
 * Compiles a table: whole keys first, then those with a `*` in the order given.
 * @throws SourceError definition_invalid for a key with more than one `*`
 */
export function compileTable(table: Table, pointer: string): LookUp {
  const whole = new Map<string, string>();
  const globs: { readonly glob: Glob; readonly value: string }[] = [];
  for (const [key, value] of Object.entries(table)) {
    const stars = key.split("*").length - 1;
    if (stars > 1)
      throw new SourceError("definition_invalid", "a key holds at most one `*`", { pointer: pointerTo(pointer, key) });
    if (stars === 0) whole.set(key, value);
    else globs.push({ glob: compileOneStar(key), value });
  }
  return (text) => whole.get(text) ?? globs.find(({ glob }) => glob(text) !== undefined)?.value;
}
