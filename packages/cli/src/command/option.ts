/** An option of a command: `--name VALUE`. Each can also be set as `CAIRN_NAME`. */
export interface OptionSpec {
  readonly kind: "text" | "flag" | "integer" | "list";
  /** One line for the help. */
  readonly description: string;
  /** What the help shows in place of the value. */
  readonly placeholder?: string;
  /** One letter: `-o`. */
  readonly short?: string;
  /** Environment variable, where it is not `CAIRN_` and the name in capitals; "" when there is none. */
  readonly env?: string;
  /** Least value of an integer; 0 unless given. */
  readonly min?: number;
}

/** The options of a command, by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The value that an option has: absent unless given, except lists and flags. */
export type OptionValue<S extends OptionSpec> = S["kind"] extends "flag"
  ? boolean
  : S["kind"] extends "integer"
    ? number | undefined
    : S["kind"] extends "list"
      ? readonly string[]
      : string | undefined;

/** The values of all options of a command. */
export type OptionValues<S extends OptionSpecs> = { readonly [K in keyof S]: OptionValue<S[K]> };

/** Names the environment variable of an option. */
export function envName(name: string, spec: OptionSpec): string {
  return spec.env ?? `CAIRN_${name.toUpperCase().replaceAll("-", "_")}`;
}
