import { MessageChannel } from "node:worker_threads";
import { CairnError } from "@cairn/event";
import { LedgerError } from "@cairn/ledger";
import { afterEach, expect, test } from "vitest";
import { connect, type Delivery, serve, Transfer } from "./rpc.ts";

interface Api {
  [name: string]: (argument: never) => unknown;
  add(numbers: { readonly a: number; readonly b: number }): number;
  fail(how: string): never;
  bytes(count: number): Uint8Array;
}

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

function client(delivery: Delivery = "at_once") {
  const channel = new MessageChannel();
  channels.push(channel);
  const api: Api = {
    add: ({ a, b }: { a: number; b: number }) => a + b,
    fail(how: string): never {
      if (how === "cairn") throw new CairnError("json_invalid", "bad", { line: 3, column: 4, retryAfterSeconds: 9 });
      if (how === "ledger") throw new LedgerError("clock_jumped", "ahead");
      throw new TypeError("plain");
    },
    bytes(count: number) {
      const bytes = new Uint8Array(count).fill(1);
      return new Transfer(bytes, [bytes.buffer]) as unknown as Uint8Array;
    },
  };
  serve(channel.port1, api, delivery);
  return { calls: connect<Api>(channel.port2, delivery), channel };
}

test("answers calls, each its own", async () => {
  const { calls } = client();
  expect(await Promise.all([calls.call("add", { a: 1, b: 2 }), calls.call("add", { a: 3, b: 4 })])).toEqual([3, 7]);
  expect((await calls.call("bytes", 5)).length).toBe(5);
});

test("sends what is said in one turn together, and what cannot be sent fails alone", async () => {
  const { calls, channel } = client("gathered");
  let parcels = 0;
  channel.port1.on("message", () => parcels++);
  const bytes = new Uint8Array([1, 2]);
  const bad = calls.call("add", { a: 1, b: () => 2 } as never);
  const good = [calls.call("add", { a: 1, b: 2 }), calls.call("add", { a: 3, b: 4 }, [bytes.buffer])];
  await expect(bad).rejects.toThrow("could not be cloned");
  expect(await Promise.all(good)).toEqual([3, 7]);
  expect(bytes.byteLength).toBe(0);
  parcels = 0;
  expect(await Promise.all([1, 2, 3].map((a) => calls.call("add", { a, b: 0 })))).toEqual([1, 2, 3]);
  expect(parcels).toBe(1);
  await expect(calls.call("fail", "cairn")).rejects.toMatchObject({ code: "json_invalid" });
});

test("carries errors over with their code and place", async () => {
  const { calls } = client();
  await expect(calls.call("fail", "cairn")).rejects.toMatchObject({
    code: "json_invalid",
    place: { line: 3, column: 4 },
    retryAfterSeconds: 9,
  });
  await expect(calls.call("fail", "ledger")).rejects.toBeInstanceOf(LedgerError);
  await expect(calls.call("fail", "other")).rejects.toThrow("plain");
});

test("fails what is waiting when the other side goes", async () => {
  const channel = new MessageChannel();
  const calls = connect<Api>(channel.port2);
  const waiting = calls.call("add", { a: 1, b: 1 });
  channel.port1.close();
  await expect(waiting).rejects.toThrow("the thread has ended");
  await expect(calls.call("add", { a: 1, b: 1 })).rejects.toThrow("the thread has ended");
});
