import { readFileSync, writeFileSync } from "node:fs";

/** Reads the committed JSON that a value must equal. With `UPDATE_GOLDEN=1` the value is written there first. */
export function golden(value: unknown, file: URL): unknown {
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
  return JSON.parse(readFileSync(file, "utf8"));
}
