import { parseArgs } from "node:util";

/** Reads `--name value` options with numeric or text defaults; an unknown name is an error that lists the known ones. */
export function readOptions<const T extends Readonly<Record<string, number | string>>>(
  defaults: T,
): { readonly [K in keyof T]: T[K] extends number ? number : string } {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options, strict: true, allowPositionals: false });
  const read = Object.entries(defaults).map(([name, fallback]) => {
    const given = values[name];
    if (given === undefined || typeof given === "boolean") return [name, fallback];
    if (typeof fallback === "string") return [name, given];
    const number = Number(given);
    if (!Number.isFinite(number)) throw new Error(`--${name}: ${given} is not a number`);
    return [name, number];
  });
  return Object.fromEntries(read) as { readonly [K in keyof T]: T[K] extends number ? number : string };
}
