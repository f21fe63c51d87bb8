import { describe, expect, test } from "vitest";
import { createSessionPool } from "./session-pool.ts";
import type { SessionSlot } from "./session-slot.ts";

const slotNamed = (tag: string): SessionSlot => ({
  tag,
  pipePath: "",
  prepare: () => Promise.resolve(),
  run: () => Promise.reject(new Error("not in this test")),
  renew: () => undefined,
  close: () => undefined,
});
const poolOf = (limits: { queuedStatements?: number; queueTimeoutMs?: number } = {}) =>
  createSessionPool(["q0", "q1", "i"].map(slotNamed), { queuedStatements: 2, queueTimeoutMs: 10_000, ...limits });
const never = new AbortController().signal;

describe("createSessionPool", () => {
  test("keeps the last session for inserts", async () => {
    const pool = poolOf();
    const leases = [
      await pool.acquire("query", never),
      await pool.acquire("query", never),
      await pool.acquire("insert", never),
    ];
    expect(leases.map((lease) => lease.slot.tag).sort()).toEqual(["i", "q0", "q1"]);
    expect(leases[2]?.slot.tag).toBe("i");
    expect(pool.busyCount()).toBe(3);
  });

  test("hands a released session to the one who waited longest", async () => {
    const pool = poolOf();
    const first = await pool.acquire("insert", never);
    const order: string[] = [];
    const second = pool.acquire("insert", never).then((lease) => {
      order.push("second");
      lease.release();
    });
    const third = pool.acquire("insert", never).then((lease) => {
      order.push("third");
      lease.release();
    });
    first.release();
    first.release();
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
    expect(pool.busyCount()).toBe(0);
  });

  test("refuses with 503 when the queue is full", async () => {
    const pool = poolOf({ queuedStatements: 1 });
    const held = await pool.acquire("insert", never);
    const waiting = pool.acquire("insert", never);
    await expect(pool.acquire("insert", never)).rejects.toMatchObject({ code: 202, status: 503 });
    held.release();
    (await waiting).release();
  });

  test("refuses after the longest wait, and leaves the queue", async () => {
    const pool = poolOf({ queueTimeoutMs: 20 });
    const held = await pool.acquire("insert", never);
    await expect(pool.acquire("insert", never)).rejects.toMatchObject({ code: 202 });
    held.release();
    expect((await pool.acquire("insert", never)).slot.tag).toBe("i");
  });

  test("lets a waiting client go", async () => {
    const pool = poolOf();
    const held = await pool.acquire("insert", never);
    const abort = new AbortController();
    const waiting = pool.acquire("insert", abort.signal);
    abort.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    await expect(pool.acquire("query", abort.signal)).rejects.toThrow("gone");
    held.release();
    expect(pool.busyCount()).toBe(0);
  });
});
