/** Makes the test of a pattern for names of files: `*` is any run of characters, `?` one of them, everything else itself. */
export function compileNamePattern(pattern: string): (name: string) => boolean {
  const parts = [...pattern].map((char) => {
    if (char === "*") return ".*";
    return char === "?" ? "." : RegExp.escape(char);
  });
  // Runs of `*` are one: otherwise a name that does not fit could take for ever.
  const source = parts.join("").replaceAll(/(?:\.\*)+/g, ".*");
  const whole = new RegExp(`^${source}$`, "su");
  return (name) => whole.test(name);
}
