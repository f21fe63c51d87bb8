import { VERSION } from "@cairn/sdk";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { explainFailure } from "./failure.ts";
import { helpOf, helpOfAll } from "./help.ts";
import type { CliIo } from "./io.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./usage-error.ts";

/** Runs the command that the arguments name and gives the exit code. Says what went wrong on standard error. */
export async function runCli(argv: readonly string[], commands: readonly CliCommand[], io: CliIo): Promise<number> {
  const [first] = argv;
  if (first === "--version" || first === "-v") return print(io, `cairn ${VERSION}\n`);
  if (first === undefined || first === "--help" || first === "-h") return print(io, helpOfAll(commands));
  if (first === "help") return help(argv.slice(1), commands, io);
  const command = findCommand(argv, commands);
  if (command === undefined) return unknownCommand(argv, commands, io);
  const rest = argv.slice(wordsOf(command).length);
  const isHelpAsked = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : undefined);
  if (isHelpAsked.some((argument) => argument === "--help" || argument === "-h")) return print(io, helpOf(command));
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (error instanceof UsageError) {
      await io.stderr.write(`cairn: ${error.message}\nUsage: ${command.usage}\n`);
      return EXIT.usage;
    }
    const failure = explainFailure(error, io.signal);
    if (failure === undefined) throw error;
    if (failure.message !== "") await io.stderr.write(`cairn: ${failure.message}\n`);
    return failure.exitCode;
  }
}

async function print(io: CliIo, text: string): Promise<number> {
  await io.stdout.write(text);
  return EXIT.done;
}

async function help(words: readonly string[], commands: readonly CliCommand[], io: CliIo): Promise<number> {
  if (words.length === 0) return print(io, helpOfAll(commands));
  const command = findCommand(words, commands);
  if (command !== undefined) return print(io, helpOf(command));
  const family = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  return family.length > 0 ? print(io, helpOfAll(family)) : unknownCommand(words, commands, io);
}

function wordsOf(command: CliCommand): readonly string[] {
  return command.name.split(" ");
}

/** Finds the command with the most words that the arguments begin with. */
function findCommand(argv: readonly string[], commands: readonly CliCommand[]): CliCommand | undefined {
  return commands
    .filter((command) => wordsOf(command).every((word, i) => argv[i] === word))
    .toSorted((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
}

async function unknownCommand(argv: readonly string[], commands: readonly CliCommand[], io: CliIo): Promise<number> {
  const [first = "", second] = argv;
  const family = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (family.length > 0) {
    const suggestion =
      second === undefined
        ? undefined
        : nearest(
            `${first} ${second}`,
            family.map(({ name }) => name),
          );
    const hint = suggestion === undefined ? "" : `; did you mean \`cairn ${suggestion}\`?`;
    const asked =
      second === undefined ? `\`cairn ${first}\` needs another word` : `there is no \`cairn ${first} ${second}\``;
    await io.stderr.write(`cairn: ${asked}${hint}\n${helpOfAll(family)}`);
    return EXIT.usage;
  }
  const suggestion = nearest(
    first,
    commands.map(({ name }) => name.split(" ")[0] ?? name),
  );
  const hint = suggestion === undefined ? "" : `; did you mean \`cairn ${suggestion}\`?`;
  await io.stderr.write(`cairn: there is no command ${JSON.stringify(first)}${hint}\n`);
  if (suggestion === undefined) await io.stderr.write(helpOfAll(commands));
  return EXIT.usage;
}
