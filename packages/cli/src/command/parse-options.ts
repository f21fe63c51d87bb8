import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import { envName, type OptionSpec, type OptionSpecs, type OptionValues } from "./option.ts";
import { UsageError } from "./usage-error.ts";

/** A command line taken apart. */
export interface ParsedOptions<S extends OptionSpecs> {
  readonly values: OptionValues<S>;
  readonly positionals: readonly string[];
}

/**
 * Reads options from arguments and, where an argument is absent, from the environment. Throws `UsageError`, with the
 * nearest option for a misspelt one.
 */
export function parseOptions<S extends OptionSpecs>(
  argv: readonly string[],
  specs: S,
  env: Readonly<Record<string, string | undefined>>,
): ParsedOptions<S> {
  const { tokens } = parseArgs({
    args: [...argv],
    // Not strict: what is wrong is said below, in our words and with a suggestion.
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, parserOption(spec)])),
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(token.rawName, Object.keys(specs));
    const text = textOf(token, spec);
    given.set(token.name, [...(given.get(token.name) ?? []), text]);
  }
  const values = Object.entries(specs).map(([name, spec]) => {
    const texts = given.get(name) ?? fromEnvironment(name, spec, env);
    return [name, optionValue(spec, texts)] as const;
  });
  return { values: Object.fromEntries(values) as OptionValues<S>, positionals };
}

function parserOption(spec: OptionSpec): { type: "boolean" | "string"; short?: string } {
  return {
    type: spec.kind === "flag" ? "boolean" : "string",
    ...(spec.short === undefined ? {} : { short: spec.short }),
  };
}

function unknownOption(rawName: string, names: readonly string[]): UsageError {
  const name = rawName.replace(/^-+/, "");
  const suggestion = name.length > 1 ? nearest(name, names) : undefined;
  const separatorHint = rawName.startsWith("--") ? "" : "; what begins with - and is no option goes after --";
  const hint = suggestion === undefined ? separatorHint : `; did you mean --${suggestion}?`;
  return new UsageError(`there is no option ${rawName}${hint}`);
}

function textOf(token: { readonly rawName: string; readonly value: string | undefined }, spec: OptionSpec): string {
  if (spec.kind === "flag") {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    return "true";
  }
  if (token.value === undefined) throw new UsageError(`${token.rawName} needs a value`);
  return checked(token.rawName, token.value, spec);
}

function fromEnvironment(
  name: string,
  spec: OptionSpec,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const variable = envName(name, spec);
  const text = variable === "" ? undefined : env[variable];
  if (text === undefined || text === "") return [];
  if (spec.kind === "flag") return isTrue(variable, text) ? ["true"] : [];
  if (spec.kind === "list") return text.split("\n").filter((line) => line !== "");
  return [checked(variable, text, spec)];
}

function isTrue(variable: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new UsageError(`${variable} is ${JSON.stringify(text)}, neither true nor false`);
}

function checked(where: string, text: string, spec: OptionSpec): string {
  if (spec.kind !== "integer") return text;
  const min = spec.min ?? 0;
  if (/^\d{1,15}$/.test(text) && Number(text) >= min) return text;
  throw new UsageError(`${where} is ${JSON.stringify(text)}, not a whole number from ${min} up`);
}

function optionValue(
  spec: OptionSpec,
  texts: readonly string[],
): string | number | boolean | readonly string[] | undefined {
  const last = texts.at(-1);
  switch (spec.kind) {
    case "flag":
      return last !== undefined;
    case "integer":
      return last === undefined ? undefined : Number(last);
    case "list":
      return texts;
    case "text":
      return last;
  }
}
