import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { doctorCommand } from "./doctor.ts";
import { fsckCommand } from "./fsck.ts";
import { keysCommand } from "./keys.ts";
import { keysRotateCommand } from "./keys-rotate.ts";
import { linkCommand } from "./link.ts";
import { membersResetCommand } from "./members-reset.ts";
import { recoverCommand } from "./recover.ts";
import { reindexCommand } from "./reindex.ts";

/** Every command takes them, whether its usage line says so or not. */
const COMMON = ["--data-dir", "--state-dir", "--json"];

test("docs/config.md has the options of the commands on a data directory", () => {
  const page = readFileSync(new URL("../../../../docs/config.md", import.meta.url), "utf8");
  const [, rest = ""] = page.split("\n# Options of the commands on a data directory\n");
  const rows = [...(rest.split(/^# /m)[0] ?? "").matchAll(/^\| (.+?) \| `(--[a-z-]+).*?` \|/gm)];
  const documented = rows.map(([, command = "", option = ""]) => [command.replaceAll("`", ""), option]);
  const commands = [
    keysCommand,
    keysRotateCommand,
    linkCommand,
    membersResetCommand,
    fsckCommand,
    recoverCommand,
    doctorCommand,
    reindexCommand,
  ];
  const named = commands.flatMap(({ name, usage }) =>
    [...usage.matchAll(/--[a-z-]+/g)].flatMap(([option]) => (COMMON.includes(option) ? [] : [[name, option]])),
  );
  expect(documented).toEqual([...COMMON.map((option) => ["every one", option]), ...named]);
});
