/** A command of the command line that needs the data directory. */
export interface ServerCommand {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Runs and gives the exit code: 0 done, 1 failed, 2 used wrongly. */
  run(argv: readonly string[]): Promise<number>;
}

/** The list of commands. */
export function usage(commands: readonly ServerCommand[]): string {
  return `Usage: cairn <command> [options]\n\n${commands.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`).join("\n")}\n`;
}
