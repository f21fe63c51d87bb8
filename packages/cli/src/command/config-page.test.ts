import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cliCommands } from "../commands.ts";
import { envName } from "./option.ts";

test("docs/config.md has every option of every command, its environment variable and its help", () => {
  const page = readFileSync(new URL("../../../../docs/config.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n# Options of the commands that talk to a server, or to nobody\n");
  const documented = [...section.matchAll(/^\| (`.+`) \| (`--.+ \| `[A-Z_]+` \| .+) \|$/gm)];
  expect(documented.map(([, commands, row]) => [commands, row])).toEqual(expectedRows());
});

/** Options that are the same for several commands stand in one row. */
function expectedRows(): [string, string][] {
  const commandsOf = new Map<string, string[]>();
  for (const { name, options = {} } of cliCommands) {
    for (const [option, spec] of Object.entries(options)) {
      const value = spec.kind === "flag" ? "" : ` ${(spec.placeholder ?? "N").replaceAll("|", "\\|")}`;
      const argument = `\`--${option}${value}\`${spec.kind === "list" ? " …" : ""}`;
      const row = `${argument} | \`${envName(option, spec)}\` | ${spec.description}`;
      commandsOf.set(row, [...(commandsOf.get(row) ?? []), `\`${name}\``]);
    }
  }
  return [...commandsOf].map(([row, commands]) => [commands.join(" "), row]);
}
