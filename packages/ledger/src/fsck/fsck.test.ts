import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Finding, fsck } from "../index.ts";
import { createFilledInstance, type FilledInstance } from "./filled-instance.fixture.ts";

let directory: string;
let instance: FilledInstance;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-fsck-test-"));
  instance = createFilledInstance(directory);
});
afterEach(() => {
  instance.close();
  rmSync(directory, { recursive: true });
});

async function check() {
  const findings: Finding[] = [];
  const report = await fsck({ paths: instance.paths, onFinding: (finding) => findings.push(finding) });
  return { findings, report };
}

test("an untouched instance is clean", async () => {
  const { findings, report } = await check();
  expect(findings).toEqual([]);
  expect(report).toMatchObject({ findings: 0, erased: 1 });
});
