import { writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Cairn } from "@cairn/sdk";
import { type CliCommand, defineCommand } from "../command/command.ts";
import { CONNECTION_OPTIONS, connect, JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import type { CliIo } from "../command/io.ts";
import type { OptionSpecs } from "../command/option.ts";
import { printable } from "../command/printable.ts";
import { UsageError } from "../command/usage-error.ts";
import { type ActionDefinitions, definitionsOf, formatCatalogFile, readCatalogFile } from "./catalog-file.ts";
import { writeTypes } from "./write-types.ts";

const OUT_OPTION = {
  out: { kind: "text", placeholder: "FILE", description: "where it goes; standard output when absent" },
} as const satisfies OptionSpecs;

const pushCommand = defineCommand({
  name: "catalog push",
  summary: "declare the actions of a file on the server",
  usage: "cairn catalog push FILE [options]",
  options: { ...CONNECTION_OPTIONS, ...JSON_OPTION },
  notes: 'FILE is {"actions": {"document.viewed": {…}}}. Actions that the file has not stay as they are.',
  async act({ values, positionals, io }) {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("give one file");
    const actions = await readCatalogFile(path);
    const cairn = connect(values);
    const known = definitionsOf(await cairn.catalog.list());
    const results: { readonly action: string; readonly version?: number; readonly state: string }[] = [];
    for (const [action, definition] of Object.entries(actions)) {
      if (isDeepStrictEqual(known[action], definition)) results.push({ action, state: "unchanged" });
      else {
        const { version } = await cairn.catalog.put(action, definition);
        results.push({ action, version, state: known[action] === undefined ? "declared" : "changed" });
      }
    }
    if (values.json) await io.stdout.write(`${JSON.stringify({ actions: results })}\n`);
    else for (const { action, state } of results) await io.stdout.write(`${printable(action)}: ${state}\n`);
    return EXIT.done;
  },
});

const pullCommand = defineCommand({
  name: "catalog pull",
  summary: "write the server's catalog to a file",
  usage: "cairn catalog pull [--out FILE] [options]",
  options: { ...CONNECTION_OPTIONS, ...OUT_OPTION },
  async act({ values, positionals, io }) {
    if (positionals.length > 0) throw new UsageError("the file goes behind --out");
    const catalog = await connect(values).catalog.list();
    await emit(formatCatalogFile(definitionsOf(catalog)), values.out, io);
    const names = catalog.new.map(({ action }) => action);
    if (names.length > 0) await io.stderr.write(`seen but not declared: ${printable(names.join(", "))}\n`);
    return EXIT.done;
  },
});

const typesCommand = defineCommand({
  name: "catalog types",
  summary: "write TypeScript types of a catalog",
  usage: "cairn catalog types [FILE] [--out FILE] [options]",
  options: { ...CONNECTION_OPTIONS, ...OUT_OPTION },
  notes: "Of the catalog in FILE, or the server's. `createCairn<Catalog>(…)` then checks actions and details.",
  async act({ values, positionals, io }) {
    const [path, ...more] = positionals;
    if (more.length > 0) throw new UsageError("give one file");
    const actions = path === undefined ? await fetchActions(connect(values)) : await readCatalogFile(path);
    await emit(writeTypes(actions), values.out, io);
    return EXIT.done;
  },
});

/** `cairn catalog push`, `pull` and `types`. */
export const catalogCommands: readonly CliCommand[] = [pushCommand, pullCommand, typesCommand];

async function fetchActions(cairn: Pick<Cairn, "catalog">): Promise<ActionDefinitions> {
  return definitionsOf(await cairn.catalog.list());
}

async function emit(content: string, path: string | undefined, io: CliIo): Promise<void> {
  if (path === undefined) await io.stdout.write(content);
  else await writeFile(path, content);
}
