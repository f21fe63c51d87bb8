import type { CliCommand } from "./command.ts";
import { envName, type OptionSpec } from "./option.ts";

const INDENT = "  ";

/** Writes the list of commands. */
export function helpOfAll(commands: readonly CliCommand[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `${INDENT}${name.padEnd(width)}  ${summary}`);
  return `Usage: cairn <command> [options]\n\n${lines.join("\n")}\n\n\`cairn help <command>\` explains one of them.\n`;
}

/** Writes what one command does. */
export function helpOf(command: CliCommand): string {
  const parts = [`${command.summary}\n\nUsage: ${command.usage}\n`];
  const options = Object.entries(command.options ?? {});
  if (options.length > 0) parts.push(`Options:\n${optionLines(options).join("\n")}\n`);
  if (command.notes !== undefined) parts.push(`${command.notes.trim()}\n`);
  return parts.join("\n");
}

function optionLines(options: readonly (readonly [string, OptionSpec])[]): readonly string[] {
  const heads = options.map(([name, spec]) => {
    const short = spec.short === undefined ? "" : `-${spec.short}, `;
    const value = spec.kind === "flag" ? "" : ` ${spec.placeholder ?? (spec.kind === "integer" ? "N" : "TEXT")}`;
    return `${short}--${name}${value}${spec.kind === "list" ? " …" : ""}`;
  });
  const width = Math.max(...heads.map((head) => head.length));
  return options.map(([name, spec], i) => {
    const env = envName(name, spec);
    return `${INDENT}${(heads[i] ?? "").padEnd(width)}  ${spec.description}${env === "" ? "" : ` [${env}]`}`;
  });
}
