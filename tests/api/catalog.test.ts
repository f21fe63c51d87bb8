import { parseTlogProof } from "@cairn/merkle";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf, record } from "./support/call.ts";
import { byLink, joined, type Visitor } from "./support/people.ts";

let server: TestServer;
let key: string;
let neighbour: string;
beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read", "catalog:write"];
  [key, neighbour] = await Promise.all([
    server.createKey({ project: "ours", tenant: "acme", scopes }),
    server.createKey({ project: "other", tenant: "acme", scopes }),
  ]);
});
afterAll(() => server.remove());

const put = (action: string, definition: unknown) =>
  call(server, { method: "PUT", path: `/v1/actions/${action}`, key, body: definition });

interface Recorded {
  results: { status: string; id: string; proof?: string; error?: { code: string; pointer: string; message: string } }[];
}
const send = async (event: unknown, query = "wait=searchable") =>
  (await record(server, key, event, query)).json<Recorded>().results[0]!;
const readBack = async (id: string) =>
  (await call(server, { path: `/v1/events/${id}`, key })).json<Record<string, unknown>>();

describe("definitions", () => {
  test("a definition is versioned; the same again is the same version", async () => {
    expect((await put("doc.read", { category: "records", verb: "read" })).json()).toEqual({
      category: "records",
      verb: "read",
      action: "doc.read",
      version: 1,
    });
    expect((await put("doc.read", { category: "records", verb: "read" })).json()).toMatchObject({ version: 1 });
    expect((await put("doc.read", { category: "files" })).json()).toMatchObject({ version: 2 });
    const shown = await call(server, { path: "/v1/actions/doc.read", key });
    expect(shown.json()).toEqual({ category: "files", action: "doc.read", version: 2 });
  });

  test("the catalog lists what is declared, and what was seen and is not", async () => {
    await put("listed.declared", {});
    await send([{ action: "listed.declared" }, { action: "listed.new" }]);
    interface Catalog {
      actions: { action: string; first_seen_at: string | null }[];
      new: { action: string; first_seen_at: string }[];
    }
    const catalog = (await call(server, { path: "/v1/actions", key })).json<Catalog>();
    expect(catalog.actions.find(({ action }) => action === "listed.declared")?.first_seen_at).toMatch(/Z$/);
    expect(catalog.new.map(({ action }) => action)).toContain("listed.new");
    expect(catalog.new.map(({ action }) => action)).not.toContain("listed.declared");
  });

  test("it tells when each was last seen, as the newest event with it says", async () => {
    interface Catalog {
      actions: { action: string; last_seen_at: string | null }[];
      new: { action: string; last_seen_at: string }[];
    }
    const seen = async () => {
      const { actions, new: undeclared } = (await call(server, { path: "/v1/actions", key })).json<Catalog>();
      return Object.fromEntries([...actions, ...undeclared].map((each) => [each.action, each.last_seen_at]));
    };
    await put("lately.declared", {});
    await put("lately.never", {});
    const at = (occurred_at: string) => [
      { action: "lately.declared", occurred_at },
      { action: "lately.new", occurred_at },
    ];
    await send(at("2026-03-04T05:06:07.089Z"));
    const first = { "lately.declared": "2026-03-04T05:06:07.089Z", "lately.new": "2026-03-04T05:06:07.089Z" };
    expect(await seen()).toMatchObject({ ...first, "lately.never": null });
    // What comes late, as from an import, is not the newest.
    await send(at("2025-01-01T00:00:00Z"));
    expect(await seen()).toMatchObject(first);
    await send(at("2026-05-06T00:00:00Z"));
    expect(await seen()).toMatchObject({ "lately.declared": "2026-05-06T00:00:00.000Z", "lately.never": null });
  });

  test("behind a wall it was last seen within", async () => {
    await put("walled.declared", {});
    await send([
      { action: "walled.declared", occurred_at: "2026-03-04T00:00:00Z", context: { location: "cardiology" } },
      { action: "walled.declared", occurred_at: "2026-05-06T00:00:00Z" },
      { action: "walled.beyond" },
    ]);
    const link = await byLink(server, "--project", "ours", "--tenant", "acme");
    const wall = "location:cardiology";
    const member = await joined(server, link, { email: "walled@example.com", role: "analyst", wall });
    const answer = await member.call({ path: "/v1/actions" });
    const { actions } = answer.json<{ actions: { action: string; last_seen_at: string | null }[] }>();
    const times = new Map(actions.map((each) => [each.action, each.last_seen_at]));
    expect([times.get("walled.declared"), times.get("listed.declared")]).toEqual(["2026-03-04T00:00:00.000Z", null]);
    expect(answer.text).not.toContain("walled.beyond");
  });

  test("it belongs to the project", async () => {
    await put("ours.only", {});
    expect((await call(server, { path: "/v1/actions/ours.only", key: neighbour })).status).toBe(404);
    expect((await call(server, { path: "/v1/actions", key: neighbour })).text).not.toContain("ours.only");
  });

  test.each([
    ["an action that is none", "Not An Action", {}],
    ["an unknown field", "x.y", { colour: "red" }],
    ["a verb that is none", "x.y", { verb: "dance" }],
    ["a pointer outside", "x.y", { personal: ["/action"] }],
    ["a schema that is none", "x.y", { details_schema: 5 }],
    ["a schema with a broken pattern", "x.y", { details_schema: { type: "string", pattern: "(" } }],
    ["a list", "x.y", []],
    ["a text", "x.y", '"x"'],
  ])("%s is refused", async (_what, action, definition) => {
    const answer = await put(encodeURIComponent(action), definition);
    expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([400, "parameter_invalid"]);
  });
});

describe("a catalog that several tenants share", () => {
  const scopes = ["events:write", "events:read", "catalog:write"];
  const OF_BLUE = { "cairn-project": "shared", "cairn-tenant": "blue" };
  let blue: string;
  let whole: string;
  let link: Visitor;
  beforeAll(async () => {
    [blue, whole] = await Promise.all([
      server.createKey({ project: "shared", tenant: "blue", scopes: [...scopes, "admin"] }),
      server.createKey({ project: "shared", scopes: [...scopes, "admin"] }),
    ]);
    link = await byLink(server, "--operator");
  });

  const declare = (by: string, definition: object) =>
    call(server, { method: "PUT", path: "/v1/actions/both.see", key: by, body: definition });
  const rename = (by: string) =>
    call(server, { method: "PUT", path: "/v1/categories", key: by, body: { preset: "tenant_portal" } });
  const refusalsOf = async (by: string) => {
    const headers = { "cairn-tenant": "blue" };
    const answers = await Promise.all(
      ["/v1/actions", "/v1/categories"].map((path) => call(server, { path, key: by, headers })),
    );
    return answers.map((answer) => answer.json<{ write_refusal: string | null }>().write_refusal);
  };

  test("is the only tenant's to write until there is another, and again when that is gone", async () => {
    expect((await declare(blue, { category: "records" })).status).toBe(200);
    expect((await rename(blue)).status).toBe(200);
    expect(await refusalsOf(blue)).toEqual([null, null]);
    const red = await server.createKey({ project: "shared", tenant: "red", scopes });
    for (const key of [blue, red]) {
      for (const answer of [await declare(key, { strict: true }), await rename(key)]) {
        expect(errorOf(answer)).toMatchObject({
          status: 403,
          error: {
            code: "catalog_shared",
            fix: expect.stringMatching(/key of the whole project, or ask the operator/) as string,
          },
        });
      }
    }
    expect(await refusalsOf(blue)).toEqual(["catalog_shared", "catalog_shared"]);
    const shown = await call(server, { path: "/v1/actions/both.see", key: red });
    expect(shown.json()).toEqual({ category: "records", action: "both.see", version: 1 });

    const headers = { "cairn-project": "shared" };
    const ask = (by: Visitor, what: string) => by.call({ method: "POST", path: `/v1/tenants/red/${what}`, headers });
    const [one, two] = await Promise.all(
      ["one", "two"].map((name) => joined(server, link, { email: `${name}@example.com`, role: "operator" })),
    );
    // One that is suspended may come back to what was made of the catalog meanwhile.
    expect((await ask(one!, "suspend")).status).toBe(200);
    expect((await declare(blue, { strict: true })).status).toBe(403);
    expect((await ask(one!, "deletion")).status).toBe(202);
    expect((await declare(blue, { strict: true })).status).toBe(403);
    expect((await ask(two!, "deletion")).status).toBe(204);
    expect((await declare(blue, { strict: true })).json()).toMatchObject({ strict: true, version: 2 });
    expect(await refusalsOf(blue)).toEqual([null, null]);
  });

  test("is written by a key of the project, and by operators", async () => {
    await server.createKey({ project: "shared", tenant: "green", scopes });
    expect((await declare(blue, { category: "x" })).status).toBe(403);
    expect((await declare(whole, { category: "files" })).json()).toMatchObject({ category: "files" });
    expect((await rename(whole)).status).toBe(200);
    expect(await refusalsOf(whole)).toEqual([null, null]);
    const byOperator = await link.call({
      ...{ method: "PUT", path: "/v1/actions/both.see", headers: OF_BLUE, body: { category: "operated" } },
    });
    expect(byOperator.json()).toMatchObject({ category: "operated" });
  });

  test("is not an owner's of one of the tenants, nor anybody's who may only read", async () => {
    const owner = await byLink(server, "--project", "shared", "--tenant", "blue");
    const answer = await owner.call({ method: "PUT", path: "/v1/actions/both.see", body: {} });
    expect(errorOf(answer)).toMatchObject({ status: 403, error: { code: "catalog_shared" } });
    const reader = await server.createKey({ project: "shared", tenant: "blue", scopes: ["events:read"] });
    expect(await refusalsOf(reader)).toEqual(["forbidden", "forbidden"]);
  });
});

describe("what it does to events", () => {
  test("category and verb of events that name none", async () => {
    await put("filled.in", { category: "billing", verb: "export" });
    const own = await send({ action: "filled.in", category: "mine", verb: "read" });
    const filled = await send({ action: "filled.in" });
    expect(await readBack(filled.id)).toMatchObject({ category: "billing", verb: "export" });
    expect(await readBack(own.id)).toMatchObject({ category: "mine", verb: "read" });
  });

  test("details that do not fit are accepted with a warning, or refused when the action is strict", async () => {
    const details_schema = { type: "object", properties: { pages: { type: "integer" } }, required: ["pages"] };
    await put("checked.loosely", { details_schema });
    await put("checked.strictly", { details_schema, strict: true });
    const fits = await send({ action: "checked.loosely", details: { pages: 3 } });
    expect((await readBack(fits.id)).warnings).toBeUndefined();
    const loose = await send({ action: "checked.loosely", details: { pages: "three" } });
    expect((await readBack(loose.id)).warnings).toEqual(["schema_misfit:checked.loosely@1"]);
    const found = await call(server, { path: "/v1/events?q=warnings:schema_misfit", key });
    expect(found.json<{ events: unknown[] }>().events).toHaveLength(1);
    for (const details of [{ pages: "three" }, {}, undefined])
      expect(await send({ action: "checked.strictly", details })).toMatchObject({
        status: "rejected",
        error: { code: "schema_misfit", pointer: "/details" },
      });
    expect(await send({ action: "checked.strictly", details: { pages: 3 } })).toMatchObject({ status: "created" });
    // A definition that is made milder counts from the next event on.
    await put("checked.strictly", { details_schema });
    expect(await send({ action: "checked.strictly", details: {} })).toMatchObject({ status: "created" });
  });

  test("personal values stand in no unit of their own: nothing shows them without the person's key", async () => {
    const event = {
      action: "sealed.here",
      actor: { id: "u-9", name: "Jane Doe" },
      targets: [{ type: "guest", id: "g-4", name: "Gus" }],
      details: { ssn: "123-45-6789", pages: 3, deep: { note: "secret note" } },
    };
    const pathsOf = async () => {
      const { proof } = await send({ ...event, id: crypto.randomUUID() }, "wait=sealed");
      const extra = JSON.parse(Buffer.from(parseTlogProof(Buffer.from(proof!)).extra!).toString()) as {
        disclosure?: { units: [string, string][] };
        units?: [string, string][];
      };
      const units = (extra.disclosure?.units ?? extra.units ?? []).map(([, unit]) => Buffer.from(unit, "base64"));
      return units.map((unit) => unit.toString("latin1"));
    };
    const holds = (units: readonly string[], text: string) => units.filter((unit) => unit.includes(text));
    const before = await pathsOf();
    expect(holds(before, "123-45-6789").every((unit) => unit.includes("/details/ssn"))).toBe(true);
    expect(holds(before, "Gus").every((unit) => unit.includes("/targets/0/name"))).toBe(true);
    await put("sealed.here", { personal: ["/details/ssn", "/details/deep/note"], person_targets: ["guest"] });
    const after = await pathsOf();
    for (const secret of ["123-45-6789", "secret note"])
      expect(holds(after, secret).map((unit) => unit.includes("/joint") || unit.includes("/subjects/"))).toEqual([
        true,
      ]);
    const [guest] = holds(after, "Gus");
    expect(guest).toContain("sub_");
    expect(after.some((unit) => unit.includes("/details/pages"))).toBe(true);
    // Whoever may read it reads it whole.
    const back = await send({ ...event, id: "sealed-1" });
    expect(await readBack(back.id)).toMatchObject({ details: event.details, targets: [{ ...event.targets[0] }] });
  });
});
