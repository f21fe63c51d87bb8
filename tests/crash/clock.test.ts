import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CairnProcess, createHome, type Home, runCairn, startCairn } from "./support/cairn-process.ts";
import { fsckFindings, readLog } from "./support/check-record.ts";
import { Producer } from "./support/producer.ts";

const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
const hasFaketime = existsSync(FAKETIME);
if (!hasFaketime) console.warn(`SKIPPED: ${FAKETIME} is missing; install libfaketime to set a server's clock`);

const HOUR_MS = 3_600_000;

let home: Home;
let clock: string;
beforeEach(() => {
  home = createHome();
  clock = join(home.dataDir, "..", "clock");
});
afterEach(() => home.remove());

/** Sets the server's wall clock; the clock that only goes forward is not touched. */
function setClock(offset: string): void {
  writeFileSync(clock, `${offset}\n`);
}

function start(): Promise<CairnProcess> {
  return startCairn(home, {
    env: {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
  });
}

/** Sends an event and gives the status, and when the server says that it received it. */
async function send(server: CairnProcess, producer: Producer, query = "") {
  const [event] = producer.make(1);
  const status = await producer.send(server, [event!], query);
  const receipt = producer.acknowledged.get(String(event!.id))?.receipt;
  return { status, receivedAtMs: receipt === undefined ? Number.NaN : Date.parse(receipt.received_at) };
}

describe.skipIf(!hasFaketime)("a clock that is set", () => {
  test("forward stops events until an operator confirms it; backward, time stands still", async () => {
    setClock("+0");
    const producer = new Producer();
    let server = await start();
    const first = await send(server, producer);
    expect(first.status).toBe(200);

    setClock("+2h");
    const refused = await fetch(`${server.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: JSON.stringify(producer.make(1)[0]),
    });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(await refused.json()).toMatchObject({ error: { code: "clock_jumped" } });
    expect((await readLog(server)).length).toBe(2);
    const confirmed = await runCairn(home, ["doctor", "--confirm-clock"]);
    expect([confirmed.code, confirmed.stderr]).toEqual([0, ""]);
    const ahead = await send(server, producer, "?wait=sealed");
    expect(ahead.status).toBe(200);
    expect(ahead.receivedAtMs - first.receivedAtMs).toBeGreaterThan(1.9 * HOUR_MS);

    setClock("+0");
    // Sealing goes by another clock: an answer that waits for it is not held back two hours.
    const back = await send(server, producer, "?wait=sealed");
    expect(back).toEqual({ status: 200, receivedAtMs: ahead.receivedAtMs });
    await server.kill();

    server = await start();
    expect(await send(server, producer)).toEqual({ status: 200, receivedAtMs: ahead.receivedAtMs });
    const doctor = await runCairn(home, ["doctor", "--json"]);
    expect(doctor.stdout).toMatch(/"check":"clock","state":"warn"/);
    await server.kill();
    expect(await fsckFindings(home)).toEqual([]);
  });
});
