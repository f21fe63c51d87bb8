import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { instancePaths, openWriterSide, systemClock } from "@cairn/ledger";
import { startServer, type TestServer } from "@cairn/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, errorOf, record } from "./support/call.ts";
import { exported } from "./support/exports.ts";
import { byLink, cairn, joined, ownEvents, type Visitor } from "./support/people.ts";

interface Line {
  readonly ref: string;
  readonly name: string | null;
  readonly identifiers: readonly { readonly namespace: string | null; readonly value: string }[];
  readonly groups: readonly string[];
  readonly same_as: readonly string[];
}

interface Person extends Omit<Line, "groups" | "same_as"> {
  readonly same_as: readonly Omit<Line, "groups" | "same_as">[];
  readonly is_forgotten: boolean;
  readonly names: readonly { readonly value: string; readonly since: string | null; readonly source: string }[];
  readonly groups: readonly {
    readonly groups: readonly string[];
    readonly since: string | null;
    readonly until: string | null;
  }[];
  readonly event_count: number;
  readonly first_seen_at: string | null;
  readonly last_seen_at: string | null;
}

/** Search hears of what was said a moment later, on a busy machine some seconds. */
const SOON = { timeout: 15_000 };
let server: TestServer;
let key: string;
let writer: string;
let other: string;
let owner: Visitor;
let walled: Visitor;

beforeAll(async () => {
  server = await startServer();
  [key, writer, other] = await Promise.all([
    server.createKey({ tenant: "acme", scopes: ["admin"] }),
    server.createKey({ tenant: "acme", scopes: ["events:write"] }),
    server.createKey({ tenant: "other", scopes: ["admin"] }),
  ]);
  owner = await joined(server, await byLink(server, "--tenant", "acme"), { email: "o@example.com", role: "owner" });
  walled = await joined(server, owner, { email: "w@example.com", role: "analyst", wall: "location:cardiology" });
  const seen = (occurred_at: string, actor: object, more: object = {}) => ({
    ...{ action: "record.viewed", actor, occurred_at },
    ...more,
  });
  await record(server, key, [
    seen("2026-01-05T08:00:00Z", { id: "u-1", name: "Jane Doe", email: "jane@example.com" }, { id: "january" }),
    seen("2026-03-05T08:00:00Z", { id: "u-1", name: "Jane Doe", email: "jane@example.com" }, { id: "march" }),
    seen(
      "2026-03-06T08:00:00Z",
      { id: "u-2", name: "Karl Ott" },
      { id: "in-ward", context: { location: "cardiology" } },
    ),
    seen("2026-03-07T08:00:00Z", { id: "u-3", name: "Lena Groß", groups: ["surgery"] }, { id: "named-groups" }),
  ]);
}, 120_000);
afterAll(() => server.remove());

const seenIn = (occurred_at: string, id: string) => ({ action: "ward.entered", actor: { id }, occurred_at });
const list = async (ask: object, by: string | Visitor = key): Promise<Line[]> => {
  const options = { path: "/v1/subjects/search", body: ask };
  const answer = typeof by === "string" ? await call(server, { ...options, key: by }) : await by.call(options);
  expect(answer.status).toBe(200);
  return answer.json<{ subjects: Line[] }>().subjects;
};
const find = async (q: string): Promise<Line> => {
  for (let tries = 0; ; tries++) {
    const [first] = await list({ q });
    if (first !== undefined) return first;
    if (tries > 50) throw new Error(`nobody is found by ${q}`);
    await delay(100);
  }
};
const show = async (ref: string): Promise<Person> =>
  (await call(server, { path: `/v1/subjects/${ref}`, key })).json<Person>();
const say = (identifier: string, body: object, by = key): Promise<Answer> =>
  call(server, { method: "PUT", path: `/v1/subjects/${identifier}`, key: by, body });
const idsOf = async (q: string): Promise<string[]> => {
  const body = { q, sort: "occurred_at", order: "asc" };
  const answer = await call(server, { path: "/v1/events/search", key, body });
  expect(answer.status).toBe(200);
  return answer.json<{ events: { id: string }[] }>().events.map(({ id }) => id);
};

describe("what events say", () => {
  test("people are found by name, address, identifier and reference, whatever the case", async () => {
    const jane = await find("jane doe");
    for (const q of ["JANE", "ane@exam", "u-1", jane.ref, jane.ref.slice(0, 12)])
      expect((await list({ q })).map(({ ref }) => ref)).toEqual([jane.ref]);
    expect(await list({ q: "nobody at all" })).toEqual([]);
    expect(await list({ q: "%" })).toEqual([]);
  });

  test("a person has names, identifiers, and when they were first and last seen", async () => {
    const { ref } = await find("jane");
    expect(await show(ref)).toMatchObject({
      ...{ ref, name: "Jane Doe", is_forgotten: false, event_count: 2, groups: [] },
      names: [{ value: "Jane Doe", source: "events" }],
      identifiers: expect.arrayContaining([
        { namespace: "email", value: "jane@example.com" },
        { namespace: null, value: "u-1" },
      ]),
      first_seen_at: "2026-01-05T08:00:00.000Z",
      last_seen_at: "2026-03-05T08:00:00.000Z",
    });
  });

  test("pages of one are all people, by name, each once", async () => {
    const found: Line[] = [];
    for (let cursor: string | undefined; ; ) {
      const body: object = { limit: 1, ...(cursor === undefined ? {} : { cursor }) };
      const page = (await call(server, { path: "/v1/subjects/search", key, body })).json<{
        subjects: Line[];
        next: string | null;
      }>();
      found.push(...page.subjects);
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(found).toEqual(await list({}));
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(["Jane Doe", "Karl Ott", "Lena Groß"]));
    expect(new Set(found.map(({ ref }) => ref)).size).toBe(found.length);
    const foreign = (await call(server, { path: "/v1/subjects?limit=1", key })).json<{ next: string }>().next;
    expect((await call(server, { path: `/v1/subjects?cursor=${foreign}`, key: other })).status).toBe(400);
  });
});

describe("what is said", () => {
  test("a name holds from its time on, and the one before stays", async () => {
    const answer = await say("user/u-1", { name: "Jane Smith", at: "2026-02-01T00:00:00Z" });
    const { ref } = answer.json<{ ref: string }>();
    expect(answer.json()).toEqual({ status: "recorded", ref });
    expect(await show(ref)).toMatchObject({ name: "Jane Smith" });
    const { names } = await show(ref);
    expect(names.find(({ source }) => source === "directory")).toEqual({
      value: "Jane Smith",
      since: "2026-02-01T00:00:00.000Z",
      source: "directory",
    });
    expect(names.map(({ value }) => value)).toContain("Jane Doe");
    expect((await find("smith")).ref).toBe(ref);
    // An event keeps the name at the time; both names find it.
    expect(await idsOf('actor:"jane smith"')).toEqual(["january", "march"]);
  });

  test("the same again changes nothing", async () => {
    const again = await say("user/u-1", { name: "Jane Smith" });
    expect(again.json()).toMatchObject({ status: "unchanged" });
  });

  test("somebody of whom no event speaks is there, too; phone numbers and addresses are written one way", async () => {
    const made = await say("email/New.Person@Example.com", {
      name: "Nia New",
      identifiers: [{ namespace: "phone", value: "+41 44 668 18 00" }],
    });
    const { ref } = made.json<{ ref: string }>();
    expect((await find("nia new")).ref).toBe(ref);
    expect((await say("phone/+41446681800", { groups: ["night"] })).json<{ ref: string }>().ref).toBe(ref);
    await record(server, key, { action: "a.b", actor: { id: "new.person@example.com" } });
    expect(await show(ref)).toMatchObject({
      event_count: 1,
      name: "Nia New",
      groups: [{ groups: ["night"], until: null }],
    });
  });

  test("by reference, too: then identifiers can be added to somebody of whom only events speak", async () => {
    const { ref } = await find("lena");
    const answer = await call(server, {
      ...{ method: "PUT", path: `/v1/subjects/${ref}`, key },
      body: { name: "Lena Gross", identifiers: [{ namespace: "email", value: "L.Gross@example.com" }] },
    });
    expect(answer.json()).toEqual({ status: "recorded", ref });
    expect((await find("l.gross@example.com")).ref).toBe(ref);
    await record(server, key, {
      id: "by-mail",
      action: "a.b",
      actor: { id: "x", email: "l.gross@example.com", groups: ["mail"] },
    });
    const byReference = (body: object, who = ref, by = key) =>
      call(server, { method: "PUT", path: `/v1/subjects/${who}`, key: by, body });
    // Whose address it is counts only while the identifier is nobody's: `x` is new, and the address is known.
    expect((await idsOf(`actor.ref:${ref}`)).includes("by-mail")).toBe(true);
    const taken = await byReference({ name: "Nobody", identifiers: [{ namespace: "user", value: "u-1" }] });
    expect(errorOf(taken)).toMatchObject({ status: 409, error: { code: "state_conflict" } });
    const nobody = errorOf(await byReference({ name: "x" }, "sub_0000000000000000"));
    expect(nobody).toMatchObject({ status: 404 });
    for (const who of ["core", "mon_0000000000000000"]) expect(errorOf(await byReference({}, who))).toEqual(nobody);
    expect(errorOf(await byReference({ name: "x" }, ref, other))).toEqual(nobody);
  });

  test("identifiers of two people are not made one: nothing is said", async () => {
    const refused = await say("user/u-1", { name: "Both", identifiers: [{ namespace: "user", value: "u-2" }] });
    expect(errorOf(refused)).toMatchObject({ status: 409, error: { code: "state_conflict" } });
    expect((await list({ q: "both" })).length).toBe(0);
  });

  test.each([
    ["a time to come", "user/u-1", { name: "x", at: "2999-01-01T00:00:00Z" }],
    ["a time that is none", "user/u-1", { name: "x", at: "yesterday" }],
    ["the ledger's own namespace", "month/2026-03", { name: "x" }],
    ["an unknown field", "user/u-1", { nickname: "x" }],
  ])("%s is refused", async (_what, identifier, body) => {
    expect((await say(identifier, body)).status).toBe(400);
  });

  test("a key that records may say it, and learns nothing but the reference", async () => {
    const answer = await say("user/u-2", { groups: ["cardiology"] }, writer);
    expect(Object.keys(answer.json<object>()).toSorted()).toEqual(["ref", "status"]);
    expect((await call(server, { path: "/v1/subjects", key: writer })).status).toBe(403);
  });

  test("it is recorded, with the reference and without names", async () => {
    const { ref } = await find("smith");
    const [event] = await ownEvents(server, key, "subject.updated", { about: ref });
    expect(event).toMatchObject({ actor: { type: "api" }, details: { said: expect.arrayContaining(["name"]) } });
    expect(JSON.stringify(event)).not.toMatch(/jane|smith|u-1/i);
  });

  test("looking for somebody is recorded with the reference", async () => {
    const { ref } = await find("karl");
    await list({ q: "Karl Ott" }, owner);
    await owner.call({ path: `/v1/subjects/${ref}` });
    await server.stop();
    await server.start();
    const queries = (await ownEvents(server, key, "log.searched", { count: 2 })).map(({ details }) => details?.query);
    expect(queries).toContain(`subject.ref:${ref}`);
    expect(JSON.stringify(queries)).not.toMatch(/karl/i);
  });
});

describe("uploads", () => {
  test("a preview tells what would change, and changes nothing", async () => {
    const { ref } = await find("smith");
    const body = [
      "namespace,value,name,groups,identifiers",
      "user,u-1,Jane Smith-Doe,,",
      "user,u-1,Jane Smith-Doe,,",
      "user,pre-1,Pia Pre,ward 9,email:pia@example.com",
      "email,pia@example.com,Pia Later,,",
      "user,u-1,,,user:u-3",
      "month,2026-01,,,",
    ].join("\n");
    const headers = { "content-type": "text/csv" };
    const ask = (by: string) =>
      call(server, { method: "POST", path: "/v1/subjects?preview=true", key: by, headers, body });
    const { results } = (await ask(key)).json<{ results: unknown[] }>();
    expect(results).toMatchObject([
      { status: "changed", ref, changes: [{ field: "name", before: "Jane Smith", after: "Jane Smith-Doe" }] },
      { status: "unchanged", ref, changes: [] },
      {
        ...{ status: "new", ref: null },
        changes: [
          { field: "identifier", before: null, after: "user:pre-1" },
          { field: "identifier", before: null, after: "email:pia@example.com" },
          { field: "name", before: null, after: "Pia Pre" },
          { field: "groups", before: null, after: ["ward 9"] },
        ],
      },
      { status: "new", ref: null, changes: [{ field: "name", before: "Pia Pre", after: "Pia Later" }] },
      { status: "rejected", error: { code: "state_conflict" } },
      { status: "rejected", error: { code: "parameter_invalid" } },
    ]);
    expect((await show(ref)).name).toBe("Jane Smith");
    expect(await list({ q: "pia" })).toEqual([]);
    // It names names: whoever only records does not get to hear them.
    expect((await ask(writer)).status).toBe(403);
  });

  test("CSV: each row by itself, in order", async () => {
    const body = [
      "namespace,value,name,groups,identifiers,at",
      'user,u-10,"Zoe ""Zed"" Ace",ward 1;ward 2,email:zoe@example.com,2026-02-01T00:00:00Z',
      "user,u-11,Yan Bo,,,",
      "user,u-1,,,user:u-2,",
      "user,u-10,,ward 3,,2026-04-01T00:00:00Z",
    ].join("\r\n");
    const headers = { "content-type": "text/csv" };
    const answer = await call(server, { method: "POST", path: "/v1/subjects", key, headers, body });
    expect(answer.status).toBe(200);
    const { results } = answer.json<{ results: { status: string; ref?: string; error?: { code: string } }[] }>();
    expect(results.map(({ status }) => status)).toEqual(["recorded", "recorded", "rejected", "recorded"]);
    expect(results[2]?.error?.code).toBe("state_conflict");
    expect(results[3]?.ref).toBe(results[0]?.ref);
    expect(await show(results[0]?.ref ?? "")).toMatchObject({
      name: 'Zoe "Zed" Ace',
      groups: [
        { groups: ["ward 1", "ward 2"], since: "2026-02-01T00:00:00.000Z", until: "2026-04-01T00:00:00.000Z" },
        { groups: ["ward 3"], since: "2026-04-01T00:00:00.000Z", until: null },
      ],
    });
    expect((await list({ q: "zoe@example.com" })).length === 1 || (await find("zoe@example.com"))).toBeTruthy();
  });

  test.each([
    ["an open quote", 'namespace,value\nuser,"u-1\n'],
    ["an unknown column", "namespace,value,salary\nuser,u-1,5\n"],
    ["no value", "namespace,name\nuser,x\n"],
    ["a row that is too long", "namespace,value\nuser,u-1,x\n"],
  ])("CSV with %s is refused as a whole", async (_what, body) => {
    const headers = { "content-type": "text/csv" };
    const answer = await call(server, { method: "POST", path: "/v1/subjects", key, headers, body });
    expect(errorOf(answer)).toMatchObject({ status: 400, error: { code: "body_invalid" } });
  });

  test("JSON with more people than one upload takes is refused", async () => {
    const subjects = Array.from({ length: 1_001 }, (_, i) => ({ namespace: "user", value: `many-${i}` }));
    expect((await call(server, { path: "/v1/subjects", key, body: { subjects } })).status).toBe(400);
  });
});

describe("groups at the time", () => {
  beforeAll(async () => {
    await say("user/u-1", { groups: ["Oncology"], at: "2026-01-01T00:00:00Z" });
    await say("user/u-1", { groups: ["Palliative care"], at: "2026-02-15T00:00:00Z" });
    await say("user/u-3", { groups: ["Oncology"], at: "2026-01-01T00:00:00Z" });
  });

  test("an event without groups has those that the directory gives its actor then", async () => {
    await expect.poll(() => idsOf("group:oncology"), SOON).toEqual(["january"]);
    expect(await idsOf('groups:"palliative care"')).toEqual(["march"]);
    expect(await idsOf("group:pall*")).toEqual(["march"]);
    expect(await idsOf("action:record.viewed -group:oncology")).toEqual(["march", "in-ward", "named-groups"]);
  });

  test("groups in the event itself count, and nothing beside them", async () => {
    expect(await idsOf("group:surgery")).toEqual(["named-groups"]);
    expect(await idsOf("group:oncology id:named-groups")).toEqual([]);
  });

  test("people who are counted are named as the directory does it", async () => {
    const body = { q: "action:record.viewed", fields: "actor" };
    const answer = await call(server, { path: "/v1/facets", key, body });
    type Counted = { readonly value: string; readonly ref?: string; readonly name?: string; readonly id?: string };
    const { actor } = answer.json<{ facets: { actor: readonly Counted[] } }>().facets;
    const people = actor.filter(({ id }) => id?.startsWith("u-") === true);
    expect(people.length).toBeGreaterThan(0);
    for (const { value, ref, name } of people) {
      expect(ref).toBe(value);
      const known = (await call(server, { path: `/v1/subjects/${ref}`, key })).json<Person>();
      expect(name).toBe(known.name ?? undefined);
    }
  });

  test("groups are counted as they are filtered by", async () => {
    const body = { q: "action:record.viewed", fields: "actor.groups,action", limit: 10 };
    const answer = await call(server, { path: "/v1/facets", key, body });
    const { facets } = answer.json<{ facets: Record<string, { value: string; count: number }[]> }>();
    expect(facets.action).toEqual([{ value: "record.viewed", count: 4 }]);
    const counted = facets["actor.groups"] ?? [];
    expect(counted.map(({ value }) => value)).toEqual(
      expect.arrayContaining(["Oncology", "Palliative care", "surgery"]),
    );
    for (const { value, count } of counted)
      expect([value, (await idsOf(`action:record.viewed group:"${value}"`)).length]).toEqual([value, count]);
  });

  test("the change feed, exports and walls understand the same", async () => {
    const feed = await call(server, { path: "/v1/changes?q=group:oncology&limit=1000", key });
    expect(feed.json<{ changes: { event: { id: string } }[] }>().changes.map(({ event }) => event.id)).toEqual([
      "january",
    ]);
    const lines = (await exported(server, key, { format: "ndjson", q: "group:oncology" }))
      .toString()
      .trim()
      .split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(["january"]);
    const member = await joined(server, owner, { email: "g@example.com", role: "analyst", wall: "group:oncology" });
    const { events } = (await member.call({ path: "/v1/events" })).json<{ events: { id: string }[] }>();
    expect(events.map(({ id }) => id)).toEqual(["january"]);
  });
});

describe("references of one person", () => {
  let ward: string;
  let night: string;
  let third: string;
  const refOf = async (identifier: string, name: string) =>
    (await say(identifier, { name })).json<{ ref: string }>().ref;
  const join = (ref: string, to: string, by = key) =>
    call(server, { method: "PUT", path: `/v1/subjects/${ref}/same-as/${to}`, key: by });
  const separate = (ref: string, by = key) =>
    call(server, { method: "DELETE", path: `/v1/subjects/${ref}/same-as`, key: by });

  beforeAll(async () => {
    await record(server, key, [
      { ...seenIn("2026-05-01T08:00:00Z", "w-1"), id: "by-ward", context: { location: "cardiology" } },
      { ...seenIn("2026-05-02T08:00:00Z", "w-2"), id: "by-night" },
      { ...seenIn("2026-05-03T08:00:00Z", "w-3"), id: "by-third" },
    ]);
    [ward, night, third] = await Promise.all([
      refOf("user/w-1", "Uma Ward"),
      refOf("user/w-2", "Uma Night"),
      refOf("user/w-3", "Vera Third"),
    ]);
    for (const name of ["uma ward", "uma night", "vera third"]) await find(name);
  });

  test("are found by what either is called, and shown with each other; events keep the one they have", async () => {
    expect((await join(ward, night)).json()).toEqual({ status: "recorded", references: [ward, night].toSorted() });
    await expect.poll(() => idsOf('actor:"uma ward"'), SOON).toEqual(["by-ward", "by-night"]);
    expect(await idsOf("actor:w-2")).toEqual(["by-ward", "by-night"]);
    expect(await idsOf(`actor.ref:${ward}`)).toEqual(["by-ward"]);
    expect(await show(ward)).toMatchObject({
      name: "Uma Ward",
      event_count: 1,
      same_as: [{ ref: night, name: "Uma Night", identifiers: [{ namespace: "user", value: "w-2" }] }],
    });
    const lines = await list({ q: "Uma Night" });
    expect(lines.map(({ ref, same_as }) => [ref, ...same_as])).toEqual([
      [night, ward],
      [ward, night],
    ]);
    const feed = await call(server, { path: "/v1/changes?q=actor:w-1&limit=1000", key });
    expect(feed.json<{ changes: { event: { id: string } }[] }>().changes.map(({ event }) => event.id)).toEqual([
      "by-ward",
      "by-night",
    ]);
    expect((await join(night, ward)).json()).toMatchObject({ status: "unchanged" });
  });

  test("whoever is joined to one of them is joined to all, and one is taken out without the others", async () => {
    const { references } = (await join(third, night)).json<{ references: string[] }>();
    expect(references).toEqual([ward, night, third].toSorted());
    await expect.poll(() => idsOf("actor:w-3"), SOON).toEqual(["by-ward", "by-night", "by-third"]);
    expect((await separate(night)).json()).toEqual({ status: "recorded", references: [night] });
    await expect.poll(() => idsOf("actor:w-2"), SOON).toEqual(["by-night"]);
    expect(await idsOf("actor:w-3")).toEqual(["by-ward", "by-third"]);
    expect((await separate(night)).json()).toEqual({ status: "unchanged", references: [night] });
  });

  test("are recorded by reference, with what was and what is", async () => {
    const [event] = await ownEvents(server, key, "subject.separated", { about: night });
    expect(event).toMatchObject({
      details: { before: [[ward, night, third].toSorted()], after: [[night], [ward, third].toSorted()] },
    });
    expect(JSON.stringify(event)).not.toMatch(/uma|vera|w-1/i);
    expect(await ownEvents(server, key, "subject.joined", { about: ward, count: 2 })).toHaveLength(2);
  });

  test("both at once: nothing is half said", async () => {
    const answers = await Promise.all([join(night, ward), join(night, third), separate(ward), join(ward, night)]);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const seen = await Promise.all([ward, night, third].map(async (ref) => [ref, (await show(ref)).same_as] as const));
    const sets = seen.map(([ref, others]) => [ref, ...others.map((each) => each.ref)].toSorted().join(" "));
    for (const set of sets) expect(sets.filter((each) => each === set)).toHaveLength(set.split(" ").length);
    for (const ref of [ward, night, third]) await separate(ref);
  });

  test("are sets after whatever was said in whatever order", async () => {
    const count = 5;
    const one = fc.nat(count - 1);
    const words = fc.array(fc.oneof(fc.tuple(one, one), fc.tuple(one)), { minLength: 4, maxLength: 12 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(words, async (spoken) => {
        round++;
        const numbers = Array.from({ length: count }, (_, i) => i);
        const refs = await Promise.all(numbers.map((i) => refOf(`user/set-${round}-${i}`, `Set ${i}`)));
        const refAt = (i: number) => refs[i] ?? "";
        let sets = numbers.map((i) => new Set([i]));
        const setOf = (i: number) => sets.find((set) => set.has(i)) ?? new Set<number>();
        for (const [a, b] of spoken) {
          const answer = b === undefined ? await separate(refAt(a)) : await join(refAt(a), refAt(b));
          expect(answer.status).toBe(200);
          const [mine, theirs] = [setOf(a), b === undefined ? new Set([a]) : setOf(b)];
          const rest = sets.filter((set) => set !== mine && set !== theirs);
          sets = b === undefined ? [...rest, theirs, mine.difference(theirs)] : [...rest, mine.union(theirs)];
        }
        for (const i of numbers) {
          const others = [...setOf(i)].filter((each) => each !== i).map(refAt);
          expect((await show(refAt(i))).same_as.map(({ ref }) => ref).toSorted()).toEqual(others.toSorted());
        }
      }),
      { numRuns: 4 },
    );
  });

  test("of nobody, of another tenant and of the forgotten are all the same: unknown", async () => {
    const nobody = errorOf(await join(ward, "sub_0000000000000000"));
    expect(nobody).toMatchObject({ status: 404, error: { code: "not_found" } });
    const foreign = (await say("user/w-1", { name: "Theirs" }, other)).json<{ ref: string }>().ref;
    expect(errorOf(await join(ward, foreign))).toEqual(nobody);
    expect(errorOf(await join(ward, night, other))).toEqual(nobody);
    expect(errorOf(await separate(ward, other))).toEqual(nobody);
    expect(errorOf(await join(ward, "core"))).toEqual(nobody);
  });

  test("beyond a wall nobody is told of", async () => {
    await join(ward, third);
    const seen = (await walled.call({ path: `/v1/subjects/${ward}` })).json<Person>();
    expect(seen).toMatchObject({ event_count: 1, same_as: [] });
    expect((await list({ q: "uma" }, walled)).map(({ ref, same_as }) => [ref, same_as])).toEqual([[ward, []]]);
  });
});

describe("who sees whom", () => {
  test("behind a wall there are only people of events within, without former names and times", async () => {
    const people = (await list({}, walled)).filter(({ name }) => name !== "Uma Ward");
    expect(people.map(({ name }) => name)).toEqual(["Karl Ott"]);
    expect(await list({ q: "jane" }, walled)).toEqual([]);
    const jane = await find("smith");
    const nowhere = await walled.call({ path: "/v1/subjects/sub_0000000000000000" });
    expect(errorOf(await walled.call({ path: `/v1/subjects/${jane.ref}` }))).toEqual(errorOf(nowhere));
    const karl = (await walled.call({ path: `/v1/subjects/${people[0]?.ref}` })).json<Person>();
    expect(karl).toMatchObject({ event_count: 1, names: [{ value: "Karl Ott", since: null }] });
  });

  test("another tenant has nobody of them, and the same reference means nobody there", async () => {
    expect(await list({ q: "jane" }, other)).toEqual([]);
    const { ref } = await find("smith");
    const there = await call(server, { path: `/v1/subjects/${ref}`, key: other });
    const nowhere = await call(server, { path: "/v1/subjects/sub_0000000000000000", key: other });
    expect(there.status).toBe(404);
    expect(errorOf(there)).toEqual(errorOf(nowhere));
    const theirs = (await say("user/u-1", { name: "Theirs" }, other)).json<{ ref: string }>();
    expect(theirs.ref).not.toBe(ref);
  });
});

describe("who is called otherwise beyond the wall", () => {
  let clinic: string;
  let within: Visitor;
  let ref: string;
  /** What only events beyond the wall say of somebody who is within, too. */
  const BEYOND = ["Wanda Hidden", "hidden@example.com", "Wanda Former"];

  beforeAll(async () => {
    clinic = await server.createKey({ project: "walls", tenant: "clinic", scopes: ["admin"] });
    const link = await byLink(server, "--project", "walls", "--tenant", "clinic");
    const wall = "location:cardiology";
    within = await joined(server, link, { email: "within@example.com", role: "analyst", wall });
    const viewed = (occurred_at: string, actor: object, location: string) => ({
      ...{ action: "record.viewed", occurred_at, actor },
      context: { location },
    });
    await record(server, clinic, [
      viewed("2026-03-01T08:00:00Z", { id: "u-5", name: "Wanda Former" }, "surgery"),
      viewed("2026-03-02T08:00:00Z", { id: "u-5", name: "Wanda Within" }, "cardiology"),
      viewed("2026-03-02T09:00:00Z", { id: "u-6", name: "Abel Within", email: "abel@example.com" }, "cardiology"),
      viewed("2026-03-02T10:00:00Z", { id: "u-7", name: "Zoe Within" }, "cardiology"),
      viewed("2026-03-02T11:00:00Z", { id: "u-8", name: "Nobody Within" }, "surgery"),
    ]);
    const hidden = { id: "u-5", name: "Wanda Hidden", email: "hidden@example.com" };
    await record(server, clinic, viewed("2026-03-03T08:00:00Z", hidden, "surgery"));
    const [wanda] = await list({ q: "hidden" }, clinic);
    ref = wanda?.ref ?? "";
  });

  test("the whole log knows them by all of it", async () => {
    for (const q of [...BEYOND, "Wanda Within", "u-5"])
      expect(await list({ q }, clinic)).toMatchObject([{ ref, name: "Wanda Hidden" }]);
  });

  test("is not found by that, nor shown with it", async () => {
    for (const q of [...BEYOND, "hidden", "former", "example.com@"]) expect(await list({ q }, within)).toEqual([]);
    for (const q of ["wanda", "u-5", ref, ref.slice(0, 12), "WITHIN"])
      expect((await list({ q }, within)).map((each) => each.ref)).toContain(ref);
    expect(await list({ q: "abel@example" }, within)).toMatchObject([{ name: "Abel Within" }]);
    expect(await list({}, within)).toMatchObject([
      { name: "Abel Within", identifiers: expect.arrayContaining([{ namespace: "email", value: "abel@example.com" }]) },
      { name: "Wanda Within", identifiers: [{ namespace: null, value: "u-5" }] },
      { name: "Zoe Within" },
    ]);
    const shown = await within.call({ path: `/v1/subjects/${ref}` });
    expect(shown.json()).toMatchObject({ name: "Wanda Within", names: [{ value: "Wanda Within" }], event_count: 1 });
    expect(shown.text).not.toMatch(/hidden|former/i);
  });

  test("nor are they counted under it", async () => {
    const { text } = await within.call({ path: "/v1/facets?fields=actor,target" });
    expect(text).toContain("Wanda Within");
    expect(text).not.toMatch(/hidden|former/i);
  });

  test("pages hold everybody once, and tell of nobody else", async () => {
    const seen: (string | null)[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 4; pages++) {
      const body = { limit: 1, ...(cursor === null ? {} : { cursor }) };
      const answer: Answer = await within.call({ path: "/v1/subjects/search", body });
      const page = answer.json<{ subjects: Line[]; next: string | null }>();
      seen.push(...page.subjects.map(({ name }) => name));
      cursor = page.next;
      if (cursor === null) break;
    }
    expect(cursor).toBeNull();
    expect(seen.toSorted()).toEqual(["Abel Within", "Wanda Within", "Zoe Within"]);
    for (const q of BEYOND) {
      const answer = await within.call({ path: "/v1/subjects/search", body: { q, limit: 1 } });
      expect(answer.json()).toEqual({ subjects: [], next: null });
    }
  });

  test("what the directory says holds for everybody who sees them", async () => {
    await say("user/u-7", { name: "Zoe Said" }, clinic);
    await expect.poll(async () => (await list({ q: "zoe said" }, within)).length, SOON).toBe(1);
    const [zoe] = await list({ q: "u-7" }, within);
    expect(zoe).toMatchObject({ name: "Zoe Said" });
  });
});

describe("what lasts", () => {
  test("what was answered survives the end of the process", async () => {
    expect((await say("user/u-crash", { name: "Kay Last" })).status).toBe(200);
    await server.kill();
    await server.start();
    expect((await find("kay last")).identifiers).toContainEqual({ namespace: "user", value: "u-crash" });
  });

  test("an index built anew knows what was said", async () => {
    await cairn(server, "reindex");
    await expect
      .poll(async () => (await fetch(`${server.url}/metrics`)).text(), { timeout: 60_000 })
      .toMatch(/^cairn_index_rebuild_events 0$/m);
    expect((await find("smith")).name).toBe("Jane Smith");
    expect((await find("nia new")).groups).toEqual(["night"]);
  });

  test("a deleted index knows it after the next start, and somebody forgotten is gone from everywhere", async () => {
    const { ref } = await find("yan bo");
    const kay = await find("kay last");
    const joined = await call(server, { method: "PUT", path: `/v1/subjects/${kay.ref}/same-as/${ref}`, key });
    expect(joined.status).toBe(200);
    await server.stop();
    const side = openWriterSide(instancePaths(server.dataDir, server.stateDir), systemClock);
    const tenantNo = side.registry.findTenant(side.registry.project("default")?.no ?? 0, "acme")?.no ?? 0;
    side.keyring.destroySubject(tenantNo, ref);
    side.close();
    rmSync(join(server.dataDir, "index"), { recursive: true });
    await server.start();
    await expect.poll(async () => (await list({})).map((line) => line.ref), SOON).toContain(kay.ref);
    expect((await list({})).map((line) => line.ref)).not.toContain(ref);
    expect(await show(ref)).toMatchObject({ is_forgotten: true, name: null, names: [], identifiers: [], groups: [] });
    expect((await find("smith")).name).toBe("Jane Smith");
    expect((await show(kay.ref)).same_as).toEqual([]);
    // One person before the index was deleted, and one after.
    expect(await idsOf("actor:w-3")).toEqual(["by-ward", "by-third"]);
  });
});
