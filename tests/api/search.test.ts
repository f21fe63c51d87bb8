import { randomUUID } from "node:crypto";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, errorOf, record } from "./support/call.ts";

interface Event {
  readonly id: string;
  readonly ledger: number;
  readonly sequence: number;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly action: string;
  readonly category: string;
  readonly actor: { readonly id?: string; readonly name?: string };
  readonly details?: { readonly n: number };
}
interface Page {
  readonly events: readonly Event[];
  readonly next: string | null;
  readonly as_of: { readonly ledger: number; readonly sequence: number };
  readonly total: { readonly count: number; readonly exact: boolean } | null;
}

let server: TestServer;
let key: string;
let other: string;
const COUNT = 240;
const START = Date.parse("2026-03-01T00:00:00.000Z");

beforeAll(async () => {
  server = await startServer();
  const scopes = ["events:write", "events:read"];
  [key, other] = await Promise.all([
    server.createKey({ tenant: "acme", scopes }),
    server.createKey({ tenant: "other", scopes }),
  ]);
  // Several at one time, out of order, with ties in every field that is sorted by.
  const events = Array.from({ length: COUNT }, (_, i) => ({
    id: `e-${String(i).padStart(3, "0")}`,
    occurred_at: new Date(START + ((i * 7) % 60) * 3_600_000).toISOString(),
    action: ["door.opened", "door.closed", "room.entered"][i % 3],
    category: ["a", "b"][i % 2],
    actor: i % 5 === 0 ? undefined : { id: `u-${i % 7}`, name: `Person ${i % 7}` },
    targets: [{ type: ["door", "room"][i % 2], id: `t-${i % 11}` }],
    context: i % 4 === 0 ? {} : { ip: `203.0.113.${i % 9}`, session_id: `s-${i % 6}` },
    outcome: { result: i % 10 === 0 ? "failure" : "success" },
    details: { n: (i * 31) % 100 },
    source: "test",
  }));
  await record(server, key, events.slice(0, COUNT / 2));
  await record(server, key, events.slice(COUNT / 2));
});
afterAll(() => server.remove());

const SCOPE = "q=source:test";
const search = (query: string, as = key): Promise<Answer> => call(server, { path: `/v1/events?${query}`, key: as });
const page = async (query: string) => (await search(query)).json<Page>();

async function allPages(query: string, limit: number): Promise<Event[]> {
  const events: Event[] = [];
  let cursor = "";
  for (;;) {
    const { events: more, next } = await page(`${query}&limit=${limit}${cursor}`);
    events.push(...more);
    if (next === null) return events;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

describe("pages", () => {
  test("every event once, newest first, whatever the size of a page", async () => {
    const whole = (await page(`${SCOPE}&limit=1000`)).events;
    expect(whole).toHaveLength(COUNT);
    const times = whole.map((event) => event.occurred_at);
    expect(times).toEqual(times.toSorted().toReversed());
    for (const limit of [7, 100])
      expect((await allPages(SCOPE, limit)).map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    const few = `${SCOPE}%20details.n:%3C10`;
    expect((await allPages(few, 1)).map(({ id }) => id)).toEqual(
      (await page(`${few}&limit=1000`)).events.map(({ id }) => id),
    );
  });

  test("they stay as they were while new events arrive", async () => {
    const before = (await page(`${SCOPE}&limit=1000`)).events.map(({ id }) => id);
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const at = next === null ? "" : `&cursor=${encodeURIComponent(next)}`;
      const got: Page = await page(`${SCOPE}&limit=50${at}`);
      seen.push(...got.events.map(({ id }) => id));
      next = got.next;
      // Before, between and behind what is shown already.
      await record(server, key, [
        { action: "late.old", occurred_at: "2020-01-01T00:00:00Z", source: "test" },
        { action: "late.mid", occurred_at: "2026-03-02T00:00:00Z", source: "test" },
        { action: "late.new", source: "test" },
      ]);
    } while (next !== null);
    expect(seen).toEqual(before);
    expect((await page(`${SCOPE}%20action:late.*&limit=1000`)).events.length).toBeGreaterThanOrEqual(15);
  });

  test("total counts, and as_of says up to where", async () => {
    const { total, as_of: asOf } = await page(`${SCOPE}%20-action:late.*&limit=1&total=true`);
    expect(total).toEqual({ count: COUNT, exact: true });
    expect(asOf.sequence).toBeGreaterThan(COUNT);
    expect((await page(SCOPE)).total).toBeNull();
  });
});

describe("sorting", () => {
  const fields = [
    "occurred_at",
    "received_at",
    "action",
    "category",
    "outcome",
    "source",
    "verb",
    "actor",
    "actor.id",
    "actor.type",
    "actor.name",
    "target",
    "target.type",
    "ip",
    "session",
    "id",
    "sequence",
    "details.n",
    "description",
  ];
  const old = `q=${encodeURIComponent("source:test -action:late.*")}`;

  test.each(fields.flatMap((field) => [[field, "asc"] as const, [field, "desc"] as const]))(
    "by %s %s: every event once, and the pages fit together",
    async (sort, order) => {
      const query = `${old}&sort=${sort}&order=${order}`;
      const whole = (await page(`${query}&limit=1000`)).events.map(({ id }) => id);
      expect(new Set(whole).size).toBe(COUNT);
      expect((await allPages(query, 97)).map(({ id }) => id)).toEqual(whole);
    },
  );

  const sorted = async (sort: string, order: string) =>
    (await page(`${old}&sort=${sort}&order=${order}&limit=1000`)).events;

  test("the order is that of the values", async () => {
    const numbers = (await sorted("details.n", "asc")).map((event) => event.details?.n ?? -1);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const actions = (await sorted("action", "desc")).map((event) => event.action);
    expect(actions).toEqual(actions.toSorted().toReversed());
    const sequences = (await sorted("sequence", "asc")).map((event) => event.sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    const names = (await sorted("actor.name", "asc")).map((event) => event.actor.name);
    const named = names.filter((name) => name !== undefined);
    expect(named).toEqual(named.toSorted());
    // Without a value comes last, in either order.
    expect(names.slice(named.length).every((name) => name === undefined)).toBe(true);
    const back = (await sorted("actor.name", "desc")).map((event) => event.actor.name);
    expect(back.slice(0, named.length)).toEqual(named.toReversed());
  });

  test("a field that is none is refused", async () => {
    const answer = await search("sort=colour");
    expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([400, "parameter_invalid"]);
  });
});

describe("time bounds", () => {
  test("from is inclusive, to exclusive", async () => {
    const day = "2026-03-01T05:00:00Z";
    const at = async (query: string) => (await page(`${SCOPE}%20-action:late.*&limit=1000&${query}`)).events.length;
    const hour = await at(`from=${day}&to=2026-03-01T05:00:00.001Z`);
    expect(hour).toBe(COUNT / 60);
    expect(await at(`from=${day}&to=${day}`)).toBe(0);
    expect((await at(`from=${day}`)) + (await at(`to=${day}`))).toBe(COUNT);
  });

  test.each(["yesterday", "2026-13-01T00:00:00Z", "1e9", "2026-03-01"])("%s is no time", async (from) => {
    const answer = await search(`from=${from}`);
    expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([400, "parameter_invalid"]);
  });
});

describe("queries that cannot be understood", () => {
  test.each([
    ["action:", 7],
    ["(a OR b", 0],
    ["a b )", 4],
    ["colour:red", 0],
    ["ip:not-an-address", 3],
    ["details.n:>x", 11],
    ['"unclosed', 0],
    ["a AND", 5],
  ])("%s: the error points at the character", async (q, offset) => {
    for (const answer of [
      await search(`q=${encodeURIComponent(q)}`),
      await call(server, { path: "/v1/events/search", key, body: { q } }),
      await call(server, { path: "/v1/facets", key, body: { q } }),
      await call(server, { path: "/v1/histogram", key, body: { q } }),
    ]) {
      const { error } = answer.json<{ error: { code: string; offset: number; length: number; message: string } }>();
      expect([answer.status, error.code, error.offset]).toEqual([400, "query_invalid", offset]);
      expect(error.length).toBeGreaterThanOrEqual(0);
    }
    const changes = await call(server, { path: `/v1/changes?q=${encodeURIComponent(q)}`, key });
    expect(changes.json()).toMatchObject({ error: { code: "query_invalid", offset } });
  });

  test("what is none of the parameters is refused", async () => {
    for (const query of ["colour=red", "limit=0", "limit=1001", "limit=x", "order=up", "total=maybe"])
      expect((await search(query)).status).toBe(400);
  });
});

describe("cursors", () => {
  const codeOf = (answer: Answer) => [answer.status, answer.json<{ error: { code: string } }>().error.code];
  const invalid = [400, "cursor_invalid"];

  test("one bit changed, cut short, made up: all refused", async () => {
    const next = (await page(`${SCOPE}&limit=5`)).next!;
    const at = (cursor: string) => search(`${SCOPE}&limit=5&cursor=${encodeURIComponent(cursor)}`);
    expect((await at(next)).status).toBe(200);
    for (let i = 0; i < next.length; i += 9) {
      const swapped = next[i] === "A" ? "B" : "A";
      expect(codeOf(await at(next.slice(0, i) + swapped + next.slice(i + 1)))).toEqual(invalid);
    }
    for (const made of ["", "x", ".", next.slice(0, -1), `${next}.x`, next.split(".")[0]!, randomUUID()]) {
      const answer = await at(made);
      expect([made, ...codeOf(answer)]).toEqual([made, ...invalid]);
    }
  });

  test("a cursor belongs to its query and to its tenant", async () => {
    const next = encodeURIComponent((await page(`${SCOPE}&limit=5`)).next!);
    expect(codeOf(await search(`q=door&limit=5&cursor=${next}`))).toEqual(invalid);
    expect(codeOf(await search(`${SCOPE}&limit=5&sort=action&cursor=${next}`))).toEqual(invalid);
    expect(codeOf(await search(`${SCOPE}&limit=5&order=asc&cursor=${next}`))).toEqual(invalid);
    expect(codeOf(await search(`${SCOPE}&limit=5&cursor=${next}`, other))).toEqual(invalid);
  });
});

describe("one event", () => {
  test("by id, by id and source, by place", async () => {
    await record(server, key, [
      { id: "twice", action: "a.one", source: "s1" },
      { id: "twice", action: "a.two", source: "s2" },
    ]);
    const at = (path: string) => call(server, { path, key });
    expect((await at("/v1/events/twice?source=s2")).json()).toMatchObject({ action: "a.two" });
    const one = (await at("/v1/events/twice?source=s1")).json<Event>();
    expect((await at(`/v1/events/${one.ledger}/${one.sequence}`)).json()).toEqual(one);
    expect((await at("/v1/events/twice?source=s3")).status).toBe(404);
    expect((await at("/v1/events/TWICE?source=s1")).status).toBe(404);
    expect((await at("/v1/events/1/99999999")).status).toBe(404);
    expect((await at("/v1/events/2/0")).status).toBe(404);
  });

  test("the longest id there can be", async () => {
    const id = "患".repeat(200);
    await record(server, key, { id, action: "long.id" });
    const answer = await call(server, { path: `/v1/events/${encodeURIComponent(id)}`, key });
    expect(answer.json()).toMatchObject({ id, action: "long.id" });
    expect((await call(server, { path: `/v1/events/${"x".repeat(5_000)}`, key })).status).toBe(404);
  });

  test("an id with every sign that means something to a query", async () => {
    const id = `a "b" (c) :d *e ?f \\g -h OR ${randomUUID()}`;
    await record(server, key, { id, action: "odd.id" });
    const answer = await call(server, { path: `/v1/events/${encodeURIComponent(id)}`, key });
    expect(answer.json()).toMatchObject({ id, action: "odd.id" });
  });
});

describe("facets and histogram", () => {
  const q = "source:test -action:late.*";

  test("values with their counts, of as many fields as asked for", async () => {
    interface Facets {
      facets: Record<string, { value: string; count: number }[]>;
    }
    const body = { q, fields: "action,category,outcome,target.type", limit: 10 };
    const { facets } = (await call(server, { path: "/v1/facets", key, body })).json<Facets>();
    expect(Object.keys(facets)).toEqual(["action", "category", "outcome", "target.type"]);
    for (const values of Object.values(facets)) expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(COUNT);
    expect(facets.category).toEqual([
      { value: "a", count: COUNT / 2 },
      { value: "b", count: COUNT / 2 },
    ]);
    expect((await call(server, { path: "/v1/facets?fields=colour", key })).status).toBe(400);
  });

  test("bars add up, in any unit and zone", async () => {
    interface Bars {
      interval: string;
      buckets: { from: string; count: number }[];
    }
    for (const interval of ["minute", "hour", "day", "week", "month"]) {
      const body = { q, interval, tz: "Asia/Kathmandu", from: "2026-03-01T00:00:00Z", to: "2026-03-05T00:00:00Z" };
      const bars = (await call(server, { path: "/v1/histogram", key, body })).json<Bars>();
      expect(bars.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(COUNT);
    }
    expect((await call(server, { path: "/v1/histogram?tz=Mars/Olympus", key })).status).toBe(400);
  });
});

describe("another tenant", () => {
  test("sees nothing by any of it", async () => {
    for (const path of ["/v1/events?limit=1000", "/v1/changes", "/v1/facets?fields=id,actor,target,ip"])
      expect((await call(server, { path, key: other })).text).not.toMatch(/"(?:e-0|u-3|t-1)|203\.0\.113/);
    const { total } = (await search("q=source:test&total=true", other)).json<Page>();
    expect(total).toEqual({ count: 0, exact: true });
  });
});

test("after a restart search shows what it showed, at once, to tenants that stayed quiet too", async () => {
  const before = (await page(`${SCOPE}&limit=1000`)).events;
  expect(await server.stop()).toBe(0);
  await server.start();
  expect((await page(`${SCOPE}&limit=1000`)).events).toEqual(before);
  expect((await search("limit=10&q=NOT%20action:log.read", other)).json<Page>().events).toHaveLength(1);
});

test("a hundred thousand matches can be in any order; more in that of the listed fields only, which is said", async () => {
  const scopes = ["events:write", "events:read", "exports"];
  const many = await server.createKey({ tenant: "many", scopes });
  const MOST = 100_000;
  for (let from = 0; from <= MOST; from += 1_000) {
    const events = Array.from({ length: Math.min(1_000, MOST + 1 - from) }, (_, i) => ({
      action: (from + i) % 2 === 0 ? "door.opened" : "door.closed",
      occurred_at: new Date(START + from + i).toISOString(),
      details: { n: MOST - from - i },
    }));
    const isLast = from + 1_000 > MOST;
    expect((await record(server, many, events, isLast ? "wait=searchable" : "")).status).toBe(200);
  }
  const ask = (query: string) => call(server, { path: `/v1/events?limit=1&q=action:door.*&${query}`, key: many });
  const tooMany = await ask("sort=details.n&order=asc");
  expect([tooMany.status, tooMany.json<{ error: { code: string } }>().error.code]).toEqual([
    422,
    "query_too_expensive",
  ]);
  // Asked again it would be the same.
  expect(tooMany.headers.get("retry-after")).toBeNull();
  expect(tooMany.text).toContain("more than 100,000 events match; narrow the search to sort by details.n");
  const body = { q: "action:door.*", format: "csv", sort: "details.n" };
  expect(errorOf(await call(server, { path: "/v1/exports", key: many, body }))).toEqual(errorOf(tooMany));

  const to = new Date(START + MOST).toISOString();
  const [smallest] = (await ask(`sort=details.n&order=asc&to=${to}`)).json<Page>().events;
  expect(smallest?.details).toEqual({ n: 1 });
  const [first] = (await ask("sort=action&order=desc")).json<Page>().events;
  expect(first?.action).toBe("door.opened");
}, 120_000);
