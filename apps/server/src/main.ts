import type { ServerCommand } from "./commands/command.ts";
import { keysCommand } from "./commands/keys.ts";
import { linkCommand } from "./commands/link.ts";
import { reindexCommand } from "./commands/reindex.ts";
import { serveCommand } from "./commands/serve.ts";

const serverCommands: readonly ServerCommand[] = [serveCommand, keysCommand, linkCommand, reindexCommand];

/** Runs the `cairn` command and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const command = serverCommands.find((each) => each.name === name);
  if (command !== undefined) return command.run(rest);
  return 2;
}
