import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { SourceError } from "@cairn/sources";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Connection, readConnection } from "./connection.ts";
import { WHOLE_MESSAGE_MS } from "./limits.ts";

/** Longer than waiting for bytes takes: it moves the clock, too. */
const WAITING_MS = 5_000;

let server: Server;
let sender: Socket;
let connection: Connection;
let messages: string[];
let faults: { readonly fault: SourceError; readonly rest: string }[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  messages = [];
  faults = [];
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    connection = readConnection(socket, {
      onMessages: (all) => messages.push(...all.map(({ bytes }) => Buffer.from(bytes).toString())),
      onFault: (fault, rest) => faults.push({ fault, rest: Buffer.from(rest).toString() }),
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  sender = connect(address.port, "127.0.0.1").resume();
  sender.on("error", () => undefined);
  await once(sender, "connect");
});
afterEach(() => {
  vi.useRealTimers();
  sender.destroy();
  server.close();
});

/** Sends bytes and waits until they have been read. */
async function send(bytes: string, count: number): Promise<void> {
  sender.write(bytes);
  await vi.waitUntil(() => messages.length === count);
}

test("the rest of a message has a minute; a message that comes in time gives the next one another", async () => {
  await send("4 <1>a7 <1>b", 1);
  vi.advanceTimersByTime(WHOLE_MESSAGE_MS - WAITING_MS);
  await send("bbb4 <1", 2);
  vi.advanceTimersByTime(WHOLE_MESSAGE_MS - WAITING_MS);
  expect(faults).toEqual([]);
  vi.advanceTimersByTime(WAITING_MS);
  await once(sender, "close");
  expect(faults).toMatchObject([{ fault: { code: "syslog_invalid" }, rest: "4 <1" }]);
  expect(messages).toEqual(["<1>a", "<1>bbbb"]);
});

test("who is not listened to is not blamed for being slow, and silence is no fault", async () => {
  await send("4 <1>a", 1);
  vi.advanceTimersByTime(100 * WHOLE_MESSAGE_MS);
  await send("4 <1>b7 <1>c", 2);
  connection.pause();
  vi.advanceTimersByTime(10 * WHOLE_MESSAGE_MS);
  expect(faults).toEqual([]);
  connection.resume();
  await send("ccc", 3);
  expect(messages).toEqual(["<1>a", "<1>b", "<1>cccc"]);
});

test("half a line of a connection that breaks is no message, one of a connection that ends is", async () => {
  await send("<1>a\n<1>half", 1);
  sender.resetAndDestroy();
  await vi.waitUntil(() => faults.length === 1);
  expect(messages).toEqual(["<1>a"]);
  expect(faults[0]).toMatchObject({ fault: { code: "syslog_invalid" }, rest: "<1>half" });
});
