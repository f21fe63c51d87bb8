import { catalogCommands } from "./catalog/catalog-commands.ts";
import type { CliCommand } from "./command/command.ts";
import { exportCommand } from "./export/export-command.ts";
import { importCommand } from "./import/import-command.ts";
import { searchCommand } from "./search/search-command.ts";
import { tailCommand } from "./search/tail-command.ts";
import { verifyCommand } from "./verify/verify-command.ts";
import { watchCommand } from "./watch/watch-command.ts";

/** Commands that need no data directory: they talk to a server, or to nobody. */
export const cliCommands: readonly CliCommand[] = [
  importCommand,
  searchCommand,
  tailCommand,
  exportCommand,
  verifyCommand,
  watchCommand,
  ...catalogCommands,
];
