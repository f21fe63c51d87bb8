import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type EmbeddedEngine, startEmbeddedEngine } from "@cairn/search";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createHome, type Home, startCairn } from "../crash/support/cairn-process.ts";
import { Producer } from "../crash/support/producer.ts";
import { countFound, PRODUCED, until, untilCaughtUp } from "./support/searching.ts";

/** A search engine that is somebody else's: it can be away, and can be there and say nothing. */
let engine: EmbeddedEngine;
const directory = mkdtempSync(join(tmpdir(), "cairn-away-"));
beforeAll(async () => {
  engine = await startEmbeddedEngine({ path: directory });
});
afterAll(async () => {
  await engine.stop();
  rmSync(directory, { recursive: true });
});

let home: Home;
let door: Door;
beforeEach(async () => {
  home = createHome();
  door = await makeDoor();
});
afterEach(async () => {
  await door.shut();
  home.remove();
});

interface Door {
  /** Where the engine is, when it is there. */
  readonly url: string;
  /** Lets connections through, or takes them and says nothing. */
  open(way: "through" | "silent"): Promise<void>;
  shut(): Promise<void>;
}

async function makeDoor(): Promise<Door> {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  const listen = (port: number, take: (socket: Socket) => void) =>
    new Promise<number>((resolve) => {
      const listening = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => undefined);
        take(socket);
      }).listen(port, "127.0.0.1", () => resolve((listening.address() as { readonly port: number }).port));
      server = listening;
    });
  const through = (socket: Socket) => {
    const inner = connect({ path: engine.connection.socketPath! }).on("error", () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  };
  const shut = async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  };
  const port = await listen(0, (socket) => socket.destroy());
  await shut();
  const { username, password } = engine.connection;
  return {
    url: `http://${encodeURIComponent(username)}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    async open(way) {
      await shut();
      await listen(port, way === "through" ? through : () => undefined);
    },
    shut,
  };
}

const start = () => startCairn(home, { env: { CAIRN_CLICKHOUSE_URL: door.url } });

test("a server starts and records while the search engine is away, and has everything in it once it is there", async () => {
  const producer = new Producer();
  const server = await start();
  try {
    expect(await producer.send(server, producer.make(100))).toBe(200);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await door.open("through");
    await untilCaughtUp(server);
    expect(await countFound(server, PRODUCED)).toBe(100);

    await door.shut();
    expect(await producer.send(server, producer.make(100))).toBe(200);
    await until("the trouble to be seen", async () => (await fetch(`${server.url}/readyz`)).status === 503);
    // It stays so from one attempt to the next.
    for (let i = 0; i < 30; i++, await sleep(100)) expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await door.open("through");
    await untilCaughtUp(server);
    await until("all events", async () => (await countFound(server, PRODUCED)) === 200);
  } finally {
    await server.kill("SIGTERM");
  }
  expect((await server.ended).code).toBe(0);
});

test.each(["away", "silent", "silent from now on"] as const)(
  "a stop does not wait for an engine that is %s",
  async (way) => {
    if (way !== "away") await door.open(way === "silent" ? "silent" : "through");
    const producer = new Producer();
    const server = await start();
    if (way === "silent from now on") {
      await untilCaughtUp(server);
      await door.open("silent");
    }
    expect(await producer.send(server, producer.make(10))).toBe(200);
    await server.kill("SIGTERM");
    // One that does not come to an end by itself ends by force, with 1.
    expect((await server.ended).code).toBe(0);
  },
);
