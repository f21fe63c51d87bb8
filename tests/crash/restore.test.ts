import { cpSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CairnProcess,
  createHome,
  type Home,
  runCairn,
  StartFailure,
  startCairn,
} from "./support/cairn-process.ts";
import { fsckFindings, readLog } from "./support/check-record.ts";
import { Producer } from "./support/producer.ts";

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

async function refusal(): Promise<StartFailure> {
  try {
    const server = await startCairn(home);
    await server.kill();
  } catch (error) {
    if (error instanceof StartFailure) return error;
    throw error;
  }
  throw new Error("the server started");
}

async function read(server: CairnProcess, place: string): Promise<{ id?: string }> {
  const response = await fetch(`${server.url}/v1/events/${place}`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  return (await response.json()) as { id?: string };
}

describe("an older data directory beside the guard of a newer one", () => {
  test("is refused with the reason, and goes on in a new epoch that takes nothing back", async () => {
    const producer = new Producer();
    let server = await startCairn(home);
    const kept = producer.make(20);
    expect(await producer.send(server, kept, "?wait=sealed")).toBe(200);
    await server.kill();
    const backup = `${home.dataDir}-backup`;
    cpSync(home.dataDir, backup, { recursive: true });
    server = await startCairn(home);
    const lost = producer.make(7);
    expect(await producer.send(server, lost, "?wait=sealed")).toBe(200);
    await server.kill();
    rmSync(home.dataDir, { recursive: true });
    cpSync(backup, home.dataDir, { recursive: true });

    const { code, output } = await refusal();
    expect(code).toBe(1);
    expect(output).toMatch(/rollback: refusing to sign: .* was signed at size 28, and the data directory holds 21/);
    expect(output).toMatch(/cairn recover --new-epoch/);
    const doctor = await runCairn(home, ["doctor", "--json"]);
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/"check":"rollback guard","state":"fail"/);

    const recovered = await runCairn(home, ["recover", "--new-epoch", "--reason", "a disk died", "--json"]);
    expect([recovered.code, recovered.stderr]).toEqual([0, ""]);
    const { epochs } = JSON.parse(recovered.stdout) as { epochs: unknown };
    expect(epochs).toMatchObject([{ tenant: "default", previousLedger: 1, ledger: 2, lost: { first: 21, last: 27 } }]);

    server = await startCairn(home);
    // What was lost is taken again, what was kept is known.
    expect(await producer.send(server, lost, "?wait=sealed")).toBe(200);
    expect(await producer.send(server, kept)).toBe(200);
    expect(producer.acknowledged.get(String(lost[0]!.id))!.receipt).toMatchObject({ ledger: 2, sequence: 0 });
    expect(producer.acknowledged.get(String(kept[0]!.id))!.receipt).toMatchObject({ ledger: 1 });
    expect((await read(server, "1/20")).id).toBe(kept.at(-1)!.id);
    expect((await read(server, "2/6")).id).toBe(lost.at(-1)!.id);
    const places = (await readLog(server)).map(({ ledger, sequence }) => `${ledger}/${sequence}`);
    expect(places).toEqual([
      ...Array.from({ length: 21 }, (_, i) => `1/${i}`),
      ...Array.from({ length: 7 }, (_, i) => `2/${i}`),
    ]);
    const facts = await fetch(`${server.url}/v1/tenant`, { headers: { authorization: `Bearer ${server.key}` } });
    const { log } = (await facts.json()) as { log: { id: string; origin: string } };
    expect(log.origin).toMatch(/\/e2$/);
    for (const [path, size] of [
      ["checkpoint", "7"],
      ["e1/checkpoint", "21"],
    ]) {
      const response = await fetch(`${server.url}/log/${log.id}/${path}`, {
        headers: { authorization: `Bearer ${server.key}` },
      });
      expect((await response.text()).split("\n")[1]).toBe(size);
    }
    await server.kill();
    expect(await fsckFindings(home)).toEqual([]);
    const again = await runCairn(home, ["recover", "--new-epoch"]);
    expect(again.stdout).toMatch(/Nothing to recover from/);
  });
});

describe("one data directory", () => {
  test("is served by one server at a time, and free again when that is killed", async () => {
    const server = await startCairn(home);
    const second = await refusal();
    expect([second.code, second.output]).toEqual([1, expect.stringMatching(/locked: another Cairn has this data/)]);
    expect(await new Producer().send(server, new Producer().make(1))).toBe(200);
    const recover = await runCairn(home, ["recover", "--new-epoch"]);
    expect([recover.code, recover.stderr]).toEqual([1, expect.stringMatching(/locked/)]);
    await server.kill();
    const third = await startCairn(home);
    await third.kill();
  });
});
