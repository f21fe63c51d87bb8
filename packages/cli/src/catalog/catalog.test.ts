import { readFile, writeFile } from "node:fs/promises";
import { startFakeCairn } from "@cairn/sdk/testing";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { captureIo } from "../testing/capture-io.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { catalogCommands } from "./catalog-commands.ts";
import { typeOfSchema } from "./schema-types.ts";

/** A server that keeps a catalog. */
async function setUp() {
  const stored = new Map<string, object>([
    ["a.old", { action: "a.old", version: 1, first_seen_at: null, last_seen_at: "t", category: "x" }],
  ]);
  const fake = await startFakeCairn({
    routes: {
      "GET /v1/actions"(_, response) {
        response.end(
          JSON.stringify({ actions: [...stored.values()], new: [{ action: "a.seen", first_seen_at: "t" }] }),
        );
      },
      "PUT /v1/actions/"(request, response) {
        const action = decodeURIComponent(request.url.pathname.slice("/v1/actions/".length));
        if (action === "b.shared") {
          const error = { code: "catalog_shared", message: "the catalog is not yours", fix: "Ask the operator." };
          response.writeHead(403).end(JSON.stringify({ error }));
          return;
        }
        const definition = { ...(JSON.parse(request.body.toString()) as object), action, version: 2 };
        stored.set(action, { ...definition, first_seen_at: null });
        response.end(JSON.stringify(definition));
      },
    },
  });
  const directory = await temporaryDirectory();
  return {
    fake,
    directory,
    async run(argv: readonly string[]) {
      const io = captureIo({ env: { CAIRN_URL: fake.url, CAIRN_KEY: fake.key } });
      const code = await runCli(["catalog", ...argv], catalogCommands, io);
      return { code, out: io.out(), err: io.err() };
    },
    async [Symbol.asyncDispose]() {
      await fake.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const FILE = {
  actions: {
    "a.old": { category: "x" },
    "document.viewed": {
      description: "{actor} viewed {target}",
      strict: true,
      details_schema: { type: "object", properties: { pages: { type: "integer" } }, required: ["pages"] },
    },
  },
};

describe("cairn catalog", () => {
  test("push declares what is new or changed, and nothing else", async () => {
    await using it = await setUp();
    const path = it.directory.file("catalog.json");
    await writeFile(path, JSON.stringify(FILE));
    expect(await it.run(["push", path])).toMatchObject({
      code: 0,
      out: "a.old: unchanged\ndocument.viewed: declared\n",
    });
    expect(await it.run(["push", path])).toMatchObject({ out: "a.old: unchanged\ndocument.viewed: unchanged\n" });
  });

  test("push says why the server takes nothing, and what to do", async () => {
    await using it = await setUp();
    const path = it.directory.file("catalog.json");
    await writeFile(path, JSON.stringify({ actions: { "b.shared": {} } }));
    const { code, out, err } = await it.run(["push", path]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/catalog_shared: the catalog is not yours\n {2}Ask the operator\./);
  });

  test("pull writes what push takes, and names what nobody declared", async () => {
    await using it = await setUp();
    const path = it.directory.file("catalog.json");
    const { code, err } = await it.run(["pull", "--out", path]);
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ actions: { "a.old": { category: "x" } } });
    expect(err).toBe("seen but not declared: a.seen\n");
    expect((await it.run(["push", path])).out).toBe("a.old: unchanged\n");
  });

  test("types are what createCairn takes, from a file without any server", async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file("catalog.json");
    await writeFile(path, JSON.stringify(FILE));
    const io = captureIo();
    expect(await runCli(["catalog", "types", path], catalogCommands, io)).toBe(0);
    expect(io.out()).toContain('  "a.old": { readonly details?: unknown };');
    expect(io.out()).toContain("  /** {actor} viewed {target} */");
    expect(io.out()).toContain(
      '  "document.viewed": { readonly details: { readonly pages: number; readonly [key: string]: unknown } };',
    );
  });

  test.each([
    ["not json", /is not JSON/],
    ["[]", /has no "actions" object/],
    ['{"actions":{"a.b":5}}', /definition of a\.b is not an object/],
  ])("a file that holds %j is said to be none", async (content, message) => {
    await using it = await setUp();
    const path = it.directory.file("catalog.json");
    await writeFile(path, content);
    const { code, err } = await it.run(["push", path]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});

describe("typeOfSchema", () => {
  test.each([
    [{ type: "string", maxLength: 3 }, "string"],
    [{ type: ["integer", "null"] }, "(number) | (null)"],
    [{ enum: ["a", "b", 1, null] }, '("a") | ("b") | (1) | (null)'],
    [{ const: "x" }, '"x"'],
    [{ type: "array", items: { type: "boolean" } }, "readonly (boolean)[]"],
    [{ type: "array", prefixItems: [{ type: "string" }], items: false }, "readonly [string]"],
    [
      { type: "object", additionalProperties: false, properties: { "a-b": { type: "string" } } },
      '{ readonly "a-b"?: string }',
    ],
    [{ type: "object", additionalProperties: { type: "number" } }, "{ readonly [key: string]: number }"],
    [{ type: "object", additionalProperties: false }, "Record<string, never>"],
    [{ anyOf: [{ type: "string" }, {}] }, "unknown"],
    [{ oneOf: [{ type: "string" }, { type: "string" }] }, "(string)"],
    [{ allOf: [{ type: "string" }, { type: "number" }] }, "(string) & (number)"],
    [{ $ref: "#/$defs/p~1q", $defs: { "p/q": { type: "number" } } }, "number"],
    [{ $ref: "https://elsewhere.example/schema" }, "unknown"],
    [{ $ref: "#" }, "unknown"],
    [true, "unknown"],
    [false, "never"],
    [{ type: "martian" }, "unknown"],
  ])("%j is %s", (schema, expected) => {
    expect(typeOfSchema(schema)).toBe(expected);
  });
});
