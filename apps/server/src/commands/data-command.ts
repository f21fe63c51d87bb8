import { parseArgs } from "node:util";

/** Options of the commands that work on a data directory. */
export interface DataOptions {
  readonly dataDir: string;
  readonly stateDir: string | undefined;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** Used wrongly: the usage line says how. */
export class UsageError extends Error {}

/** Reads `--data-dir`, `--state-dir` and a command's own options; the environment stands in for the first two. @throws UsageError */
export function readDataOptions(
  argv: readonly string[],
  own: Readonly<Record<string, "string" | "boolean">> = {},
): DataOptions {
  const options = Object.fromEntries(
    Object.entries({
      "data-dir": "string" as const,
      "state-dir": "string" as const,
      json: "boolean" as const,
      ...own,
    }).map(([name, type]) => [name, { type }]),
  );
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    const text = (name: string) => values[name] as string | undefined;
    return {
      dataDir: text("data-dir") ?? process.env.CAIRN_DATA_DIR ?? "./data",
      stateDir: text("state-dir") ?? process.env.CAIRN_STATE_DIR,
      values: values as DataOptions["values"],
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
