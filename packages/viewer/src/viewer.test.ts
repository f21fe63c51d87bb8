import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { formatQuery, parseQuery } from "@cairn/event";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createTokenKeeper,
  createViewerClient,
  joinQueries,
  pathFields,
  pathValue,
  RENEW_AFTER_MS,
  readColumns,
  TokenEnded,
  USUAL_COLUMNS,
} from "./index.ts";

describe("a joined query", () => {
  test("holds both conditions, whatever stands in them", () => {
    const read = (query: string) => formatQuery(parseQuery(query, { nowMs: 0 }));
    expect(read(joinQueries("a OR b", "c"))).toBe(read("(a OR b) AND (c)"));
    expect(joinQueries("", " c ", "")).toBe("c");
    expect(joinQueries("", " ")).toBe("");
    expect(read(joinQueries("session:x\\", "c"))).toBe(read("session:x\\\\ AND c"));
  });

  test("cannot be left by one that closes what it did not open", () => {
    for (const filter of ["b) OR (*", "(b", 'b"', ') "', 'session:"\\" OR (*'])
      expect(joinQueries("a", filter)).toBe(filter.trim());
  });

  test("means both, whatever is read alone", () => {
    const parts = [
      "a",
      "(",
      ")",
      '"',
      "\\",
      " ",
      "OR",
      "NOT ",
      "actor:",
      "*",
      "x y",
      "[1 TO 2]",
      'details."a b":',
      "/",
    ];
    const read = (query: string) => parseQuery(query, { nowMs: 0 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 9 }), (pieces) => {
        const query = pieces.join("").trim();
        const outer = "session:outer";
        let alone: ReturnType<typeof read>;
        try {
          alone = read(query);
        } catch {
          // What is not read alone never widens what it is joined with.
          expect(() => read(joinQueries(outer, query))).toThrow();
          return;
        }
        const joined = joinQueries(outer, query);
        const expected = query === "" ? outer : `${outer} AND (${formatQuery(alone) || "*"})`;
        expect(formatQuery(read(joined))).toBe(formatQuery(read(expected)));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("columns and fields", () => {
  test("columns are names of fields, each once, and the usual ones where there are none", () => {
    expect(readColumns("time, actor ,details.pages,time")).toEqual(["time", "actor", "details.pages"]);
    for (const text of [null, "", " , ", "<b>", "9x"]) expect(readColumns(text)).toEqual(USUAL_COLUMNS);
    expect(readColumns(Array.from({ length: 50 }, (_, i) => `c${i}`).join(","))).toHaveLength(12);
  });

  test("every field that is listed is found by its path", () => {
    const key = fc.stringMatching(/^[a-z]{1,4}$/);
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const event = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar), fc.dictionary(key, scalar)));
    fc.assert(
      fc.property(event, (value) => {
        for (const { path, text } of pathFields(value)) expect(pathValue(value, path)).toBe(text);
      }),
    );
    expect(pathValue({ a: 1 }, "constructor.name")).toBe("");
  });
});

describe("a token", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is renewed before it ends, and again before the next one does", async () => {
    const ask = vi.fn(() => Promise.resolve(`token-${ask.mock.calls.length}`));
    const keeper = createTokenKeeper(() => ask);
    keeper.take("first");
    expect(await keeper.current()).toBe("first");
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS - 1);
    expect(ask).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await keeper.current()).toBe("token-1");
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS);
    expect(await keeper.current()).toBe("token-2");
    keeper.close();
    await vi.advanceTimersByTimeAsync(10 * RENEW_AFTER_MS);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test("is asked for once by all who need it, and ends when the host gives none", async () => {
    const ask = vi.fn(() => Promise.resolve("fresh"));
    const keeper = createTokenKeeper(() => ask);
    expect(await Promise.all([keeper.current(), keeper.renew(), keeper.current()])).toEqual([
      "fresh",
      "fresh",
      "fresh",
    ]);
    expect(ask).toHaveBeenCalledTimes(1);
    keeper.close();
    await expect(createTokenKeeper(() => undefined).current()).rejects.toThrow(TokenEnded);
    await expect(createTokenKeeper(() => () => "").current()).rejects.toThrow(TokenEnded);
  });
});

test("a client renews a refused token once, and says what went wrong otherwise", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization ?? "");
    const isGood = request.headers.authorization === "Bearer good";
    const isMistake = isGood && asked.length > 3;
    const body = isMistake
      ? { error: { code: "query_invalid", message: "there is no field x" } }
      : isGood
        ? { events: [], next: null }
        : { error: { code: "unauthenticated", message: "no" } };
    response.writeHead(isMistake ? 400 : isGood ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  let given = "good";
  const keeper = createTokenKeeper(() => () => given);
  keeper.take("old");
  const client = createViewerClient(url, keeper);
  const search = () => client.search({ query: "", cursor: undefined });
  expect(await search()).toEqual({ events: [], next: null });
  expect(asked).toEqual(["Bearer old", "Bearer good"]);
  await search();
  await expect(search()).rejects.toMatchObject({ problem: { kind: "mistake", message: "there is no field x" } });
  given = "bad";
  keeper.take("old");
  await expect(search()).rejects.toMatchObject({ problem: { kind: "expired" } });
  server.close();
  server.closeAllConnections();
  await expect(search()).rejects.toMatchObject({ problem: { kind: "away" } });
  keeper.close();
});
