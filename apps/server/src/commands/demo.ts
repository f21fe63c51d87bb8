import { callRunningServer } from "../admin/call-running-server.ts";
import type { DemoAdded } from "../features/demo/demo-commands.ts";
import type { ServerCommand } from "./command.ts";
import { readDataOptions, UsageError } from "./data-command.ts";
import { explain } from "./explain.ts";

const ADD_USAGE = "cairn demo add [--data-dir D] [--seed N] [--end 2026-01-31T00:00:00Z]";
const REMOVE_USAGE = "cairn demo remove [--data-dir D]";
const DEFAULT_SEED = 1;

/** `cairn demo add`: a clinic and a company with a year of events, to look at. */
export const demoAddCommand: ServerCommand = {
  name: "demo add",
  summary: "add a clinic and a company with 50,000 made-up events, to look at",
  usage: ADD_USAGE,
  async run(argv) {
    try {
      const { dataDir, values } = readDataOptions(argv, { seed: "string", end: "string" });
      const order = { seed: seedOf(values.seed), endMs: endOf(values.end) };
      const answer = await callRunningServer(dataDir, "demo-add", order);
      if (answer === undefined) return noServer(dataDir);
      const made = answer.result as DemoAdded;
      process.stdout.write(values.json === true ? `${JSON.stringify(made)}\n` : sentencesOf(made));
      return 0;
    } catch (error) {
      return explain(error, ADD_USAGE);
    }
  },
};

/** `cairn demo remove`: takes the demo's tenants away again. */
export const demoRemoveCommand: ServerCommand = {
  name: "demo remove",
  summary: "remove the demo's tenants",
  usage: REMOVE_USAGE,
  async run(argv) {
    try {
      const { dataDir, values } = readDataOptions(argv);
      const answer = await callRunningServer(dataDir, "demo-remove", {});
      if (answer === undefined) return noServer(dataDir);
      const { removed } = answer.result as { readonly removed: readonly string[] };
      const text = removed.length === 0 ? "There was no demo data." : `Removed ${removed.join(" and ")}.`;
      process.stdout.write(`${values.json === true ? JSON.stringify({ removed }) : text}\n`);
      return 0;
    } catch (error) {
      return explain(error, REMOVE_USAGE);
    }
  },
};

function seedOf(text: string | boolean | undefined): number {
  const seed = text === undefined ? DEFAULT_SEED : Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31)
    throw new UsageError("--seed is a whole number below 2^31");
  return seed;
}

function endOf(text: string | boolean | undefined): number {
  const endMs = text === undefined ? Date.now() : Date.parse(String(text));
  if (!(endMs <= Date.now())) throw new UsageError("--end is a time that has been, such as 2026-01-31T00:00:00Z");
  return endMs;
}

function noServer(dataDir: string): number {
  console.error(`cairn: no server is running on ${dataDir}; start it first`);
  return 1;
}

function sentencesOf({ events, tenants }: DemoAdded): string {
  const lines = tenants.map(({ name, url }) => `  ${name}\n    ${url}\n`);
  return [
    `Recorded ${events} made-up events, each labelled demo. Sign in (once, within an hour) and look for the stories of docs/demo.md:\n`,
    ...lines,
    "Remove it all: cairn demo remove\n",
  ].join("\n");
}
