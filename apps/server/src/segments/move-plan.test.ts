import { type JournalBacklog, SEGMENT_EVENTS } from "@cairn/ledger";
import { describe, expect, test } from "vitest";
import { MAX_WAITING_BYTES, planMoves } from "./move-plan.ts";

const NOW_MS = Date.UTC(2026, 2, 4);
const HOUR_MS = 3_600_000;

function backlog(tenantNo: number, entries: number, more: Partial<JournalBacklog> = {}): JournalBacklog {
  return { tenantNo, ledger: 1, entries, bytes: entries * 250, oldestReceivedAtMs: NOW_MS - HOUR_MS, ...more };
}

const plan = (backlogs: JournalBacklog[], rate = 0) => planMoves({ backlogs, rate, nowMs: NOW_MS });

describe("the plan of moves", () => {
  test("leaves logs without a full segment alone", () => {
    expect(plan([backlog(1, SEGMENT_EVENTS - 1), backlog(2, 1)])).toEqual([]);
  });

  test("moves full segments that the index has read, oldest first, when it is quiet", () => {
    const old = backlog(2, SEGMENT_EVENTS, { oldestReceivedAtMs: NOW_MS - 2 * HOUR_MS });
    const moves = plan([backlog(1, SEGMENT_EVENTS * 3), old], 1_000);
    expect(moves.map(({ tenantNo }) => tenantNo)).toEqual([2, 1]);
    expect(moves).toMatchObject([{ mode: "indexed", atLeast: SEGMENT_EVENTS }, { mode: "indexed" }]);
  });

  test("lets full segments wait under load, until there are too many", () => {
    const full = backlog(1, SEGMENT_EVENTS * 2);
    expect(plan([full], 20_000)).toEqual([]);
    const large = backlog(2, SEGMENT_EVENTS, { bytes: MAX_WAITING_BYTES });
    expect(plan([full, large, backlog(3, 10)], 20_000)).toMatchObject([
      { tenantNo: 1, mode: "sealed", atLeast: SEGMENT_EVENTS },
      { tenantNo: 2, mode: "sealed" },
    ]);
  });

  test("moves what is a day old, whatever else goes on", () => {
    const aged = backlog(4, 3, { oldestReceivedAtMs: NOW_MS - 24 * HOUR_MS });
    expect(plan([backlog(1, SEGMENT_EVENTS), aged], 20_000)).toEqual([
      { tenantNo: 4, ledger: 1, mode: "sealed", atLeast: 1 },
    ]);
  });
});
