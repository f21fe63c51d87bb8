import { describe, expect, test } from "vitest";
import { cliCommands } from "../commands.ts";
import { captureIo } from "../testing/capture-io.ts";
import { type CliCommand, defineCommand } from "./command.ts";
import { nearest } from "./nearest.ts";
import { printable } from "./printable.ts";
import { runCli } from "./run-cli.ts";

const seen: unknown[] = [];
const probe = defineCommand({
  name: "probe deep",
  summary: "a command for this test",
  usage: "cairn probe deep [X]",
  options: {
    name: { kind: "text", description: "a name", short: "n" },
    "max-count": { kind: "integer", min: 2, description: "a count" },
    tag: { kind: "list", description: "tags" },
    force: { kind: "flag", description: "a flag" },
  },
  act({ values, positionals }) {
    seen.push({ ...values, positionals });
    return Promise.resolve(7);
  },
});
const plain: CliCommand = {
  name: "serve",
  summary: "as the server defines its own",
  usage: "cairn serve",
  run: (argv) => Promise.resolve(argv.length),
};

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  seen.length = 0;
  const io = captureIo({ env });
  const code = await runCli(argv, [...cliCommands, probe, plain], io);
  return { code, out: io.out(), err: io.err(), values: seen[0] };
}

describe("runCli", () => {
  test("runs the command that the arguments name, with typed options", async () => {
    const { code, values } = await run([
      "probe",
      "deep",
      "-n",
      "x",
      "--max-count=3",
      "--tag",
      "a",
      "--tag",
      "b",
      "pos",
      "--force",
    ]);
    expect(code).toBe(7);
    expect(values).toEqual({ name: "x", "max-count": 3, tag: ["a", "b"], force: true, positionals: ["pos"] });
  });

  test("takes options from the environment; arguments come first", async () => {
    const env = { CAIRN_NAME: "env", CAIRN_MAX_COUNT: "5", CAIRN_TAG: "a\nb", CAIRN_FORCE: "true" };
    expect((await run(["probe", "deep", "--name", "arg"], env)).values).toEqual({
      name: "arg",
      "max-count": 5,
      tag: ["a", "b"],
      force: true,
      positionals: [],
    });
    expect((await run(["probe", "deep"], { CAIRN_FORCE: "0" })).values).toMatchObject({ force: false });
  });

  test("what stands after -- is no option", async () => {
    expect((await run(["probe", "deep", "--", "-outcome:success", "--help"])).values).toMatchObject({
      positionals: ["-outcome:success", "--help"],
    });
  });

  test("commands without our options run as they are", async () => {
    expect((await run(["serve", "a", "b"])).code).toBe(2);
  });

  test.each([
    [["probe", "deep", "--nmae", "x"], {}, /there is no option --nmae; did you mean --name\?/],
    [["probe", "deep", "-x"], {}, /there is no option -x; what begins with - and is no option goes after --/],
    [["probe", "deep", "--max-count", "1"], {}, /--max-count is "1", not a whole number from 2 up/],
    [["probe", "deep", "--max-count", "1e3"], {}, /not a whole number/],
    [["probe", "deep", "--name"], {}, /--name needs a value/],
    [["probe", "deep", "--force=1"], {}, /--force takes no value/],
    [["probe", "deep"], { CAIRN_FORCE: "maybe" }, /CAIRN_FORCE is "maybe", neither true nor false/],
    [["probe", "deep"], { CAIRN_MAX_COUNT: "x" }, /CAIRN_MAX_COUNT is "x"/],
    [["improt", "x"], {}, /there is no command "improt"; did you mean `cairn import`\?/],
    [["probe", "depe"], {}, /there is no `cairn probe depe`; did you mean `cairn probe deep`\?/],
    [["probe"], {}, /`cairn probe` needs another word/],
    [["catalog", "pish"], {}, /did you mean `cairn catalog push`\?/],
    [["zzzzzzzz"], {}, /there is no command "zzzzzzzz"/],
    [["help", "serch"], {}, /did you mean `cairn search`\?/],
  ] as const)("%j is a usage error", async (argv, env, message) => {
    const { code, err, values } = await run(argv, env as Readonly<Record<string, string>>);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(values).toBeUndefined();
  });

  test("help lists commands, families and options", async () => {
    for (const argv of [[], ["--help"], ["help"]]) {
      const { code, out } = await run(argv);
      expect(code).toBe(0);
      for (const { name, summary } of cliCommands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
    }
    expect((await run(["help", "catalog"])).out).toMatch(/catalog pull/);
    const { out, code } = await run(["probe", "deep", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("-n, --name TEXT");
    expect(out).toContain("[CAIRN_MAX_COUNT]");
    expect(await run(["--version"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^cairn \d+\.\d+\.\d+\n$/) as string,
    });
  });

  test("every option of every command says what it is for, and the key of the API is never a key of a log", () => {
    for (const { name, options } of cliCommands) {
      for (const [option, { description, env }] of Object.entries(options ?? {})) {
        expect(description, `${name} --${option}`).toMatch(/^\S.*[^.]$/);
        if (name === "verify" && option === "key") expect(env).toBe("CAIRN_VKEY");
      }
    }
  });

  test("a fault of ours is not dressed up", async () => {
    const broken: CliCommand = { ...plain, run: () => Promise.reject(new TypeError("a bug")) };
    await expect(runCli(["serve"], [broken], captureIo())).rejects.toThrow("a bug");
  });
});

describe("nearest", () => {
  test.each([
    ["serach", "search"],
    ["seach", "search"],
    ["searchh", "search"],
    ["SEARCH", "search"],
    ["xyz", undefined],
    ["", undefined],
  ])("of %j is %j", (word, expected) => {
    expect(nearest(word, ["search", "serve", "import"])).toBe(expected);
  });
});

describe("printable", () => {
  test("leaves nothing that a terminal obeys or that turns text around", () => {
    expect(printable("a\u001b[2Jb\r\n\t\u0007\u009b\u202e\u2066\ufeffé李")).toBe(
      "a\\u001b[2Jb\\r\\n\\t\\u0007\\u009b\\u202e\\u2066\\ufeffé李",
    );
  });
});
