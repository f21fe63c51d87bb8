import { pino } from "pino";
import { expect, test } from "vitest";
import { FaultTally } from "./fault-tally.ts";
import { KEPT_FAULTS_PER_MINUTE } from "./limits.ts";

test("a flood is one line of the log and one number for the owner", () => {
  const lines: string[] = [];
  const tally = new FaultTally(pino({ level: "warn" }, { write: (line) => lines.push(line) }));
  for (let i = 0; i < 10_000; i++) tally.count("handshake", "ERR_SSL_HTTP_REQUEST");
  tally.count("frame", "no length");
  expect(lines).toHaveLength(1);
  expect(tally.warnings()).toEqual([
    expect.stringMatching(/^10000 TLS handshakes failed since .*: ERR_SSL_HTTP_REQUEST$/),
    expect.stringMatching(/^1 connections were closed/),
  ]);
});

test("of rubbish only the first of a minute is kept", () => {
  const tally = new FaultTally(pino({ level: "silent" }));
  const kept = Array.from({ length: 1_000 }, () => tally.mayKeep()).filter(Boolean);
  expect(kept).toHaveLength(KEPT_FAULTS_PER_MINUTE);
});
