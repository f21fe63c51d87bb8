import { type CliCommand, cliCommands, processIo, runCli } from "@cairn/cli";
import { demoAddCommand, demoRemoveCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { fsckCommand } from "./commands/fsck.ts";
import { keysCommand } from "./commands/keys.ts";
import { keysRotateCommand } from "./commands/keys-rotate.ts";
import { linkCommand } from "./commands/link.ts";
import { membersResetCommand } from "./commands/members-reset.ts";
import { recoverCommand } from "./commands/recover.ts";
import { reindexCommand } from "./commands/reindex.ts";
import { serveCommand } from "./commands/serve.ts";

/** Commands that need the data directory, then those that need a server or nothing. */
const commands: readonly CliCommand[] = [
  serveCommand,
  keysCommand,
  keysRotateCommand,
  linkCommand,
  membersResetCommand,
  fsckCommand,
  recoverCommand,
  doctorCommand,
  reindexCommand,
  demoAddCommand,
  demoRemoveCommand,
  ...cliCommands,
];

/** Runs the `cairn` command and gives its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  return runCli(argv, commands, processIo());
}
