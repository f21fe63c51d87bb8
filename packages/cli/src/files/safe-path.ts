/** Longest path and most parts of one: far beyond any bundle. */
const MAX_PATH_CHARS = 1_024;

/**
 * Gives a path of an archive in its plain form, or undefined when it could lead out of the directory it is unpacked into,
 * on this or another system: absolute, with `..`, a backslash, a drive letter, a NUL.
 */
export function safePath(path: string): string | undefined {
  const plain = path.replace(/^(\.\/)+/, "").replace(/\/$/, "");
  if (plain === "" || plain.length > MAX_PATH_CHARS) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL ends a name for the operating system
  if (/[\\:\u0000-\u001f]/.test(plain)) return undefined;
  const parts = plain.split("/");
  return parts.some((part) => part === "" || part === "." || part === ".." || /[ .]$/.test(part)) ? undefined : plain;
}
