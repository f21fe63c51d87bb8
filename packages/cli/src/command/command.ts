import type { CliIo } from "./io.ts";
import type { OptionSpecs, OptionValues } from "./option.ts";
import { parseOptions } from "./parse-options.ts";

/** A command of `cairn`. */
export interface CliCommand {
  /** One word, or two: `catalog push`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** `cairn import FILE… [options]`. */
  readonly usage: string;
  /** For the help. */
  readonly options?: OptionSpecs;
  /** More for the help: what the command does beyond its summary, its exit codes. */
  readonly notes?: string;
  /** Runs with the arguments after the name; gives the exit code. Throws `UsageError` for arguments that make no sense. */
  run(argv: readonly string[], io: CliIo): Promise<number>;
}

/** Makes a command out of typed options and what it does with them. */
export function defineCommand<const S extends OptionSpecs>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: S;
  readonly notes?: string;
  readonly act: (input: {
    readonly values: OptionValues<S>;
    readonly positionals: readonly string[];
    readonly io: CliIo;
  }) => Promise<number>;
}): CliCommand {
  const { act, ...described } = definition;
  return {
    ...described,
    async run(argv, io) {
      return act({ ...parseOptions(argv, definition.options, io.env), io });
    },
  };
}
