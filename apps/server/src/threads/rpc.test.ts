import { MessageChannel } from "node:worker_threads";
import { CairnError } from "@cairn/event";
import { LedgerError } from "@cairn/ledger";
import { afterEach, expect, test } from "vitest";
import { connect, serve, Transfer } from "./rpc.ts";

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

function client() {
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
  serve(channel.port1, api);
  return { calls: connect<Api>(channel.port2), channel };
}

test("answers calls, each its own", async () => {
  const { calls } = client();
  expect(await Promise.all([calls.call("add", { a: 1, b: 2 }), calls.call("add", { a: 3, b: 4 })])).toEqual([3, 7]);
  expect((await calls.call("bytes", 5)).length).toBe(5);
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
