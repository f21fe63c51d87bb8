import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTenant,
  initialiseInstance,
  instancePaths,
  openReaderSide,
  openWriterSide,
  type ReaderSide,
  type Session,
  systemClock,
  type WriterSide,
} from "@cairn/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngest } from "../ingest/ingest-service.ts";
import { type Client, localClient } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import { createWriterHandlers } from "../threads/writer-handlers.ts";
import { OwnLog } from "./own-log.ts";
import { SessionService, type SessionTimes } from "./session-service.ts";
import { newId, tokenDigest } from "./token.ts";

const MINUTE_MS = 60_000;
const INSTANCE: SessionTimes = { idleMs: 60 * MINUTE_MS, absoluteMs: 600 * MINUTE_MS };
const directory = mkdtempSync(join(tmpdir(), "cairn-sessions-"));

let side: WriterSide;
let reader: ReaderSide;
let writer: Client<WriterApi>;
let strict: number;
let lax: number;
let sessions: SessionService;

beforeAll(() => {
  const paths = instancePaths(join(directory, "data"), undefined);
  initialiseInstance(paths);
  side = openWriterSide(paths, systemClock);
  reader = openReaderSide(paths);
  writer = localClient(createWriterHandlers(side, () => undefined));
  const projectNo = side.registry.createProject("p", { name: "p", nowMs: 1 });
  [strict, lax] = [createTenant(side, { projectNo, id: "strict" }).no, createTenant(side, { projectNo, id: "lax" }).no];
  const own = new OwnLog({ side: reader, writer, ingest: localClient(createIngest({ side: reader, writer })) });
  const times: SessionTimes = { idleMs: 5 * MINUTE_MS, absoluteMs: 120 * MINUTE_MS };
  sessions = new SessionService({
    ...{ access: reader.access, own, times: INSTANCE },
    timesOf: (tenantNo) => (tenantNo === strict ? times : INSTANCE),
  });
});
afterAll(async () => {
  sessions.stop();
  reader.close();
  await writer.call("close", undefined);
  rmSync(directory, { recursive: true, force: true });
});

/** Puts a session of a link there, as if it had been opened and used so many minutes ago. */
function begun(tenantNo: number, ago: { readonly openedMinutes: number; readonly seenMinutes: number }): string {
  const nowMs = Date.now();
  const createdAtMs = nowMs - ago.openedMinutes * MINUTE_MS;
  const session: Session = {
    ...{ id: newId("ses"), tenantNo, memberId: undefined, method: "link", address: "192.0.2.1", userAgent: "" },
    ...{ createdAtMs, lastSeenAtMs: nowMs - ago.seenMinutes * MINUTE_MS },
    expiresAtMs: createdAtMs + INSTANCE.absoluteMs,
  };
  side.access.apply([{ kind: "session", session, digest: tokenDigest(session.id) }]);
  return session.id;
}

test.each([
  ["used lately", { openedMinutes: 30, seenMinutes: 1 }, true, true],
  ["not used for longer than the tenant allows", { openedMinutes: 30, seenMinutes: 6 }, false, true],
  ["older than the tenant allows", { openedMinutes: 121, seenMinutes: 1 }, false, true],
  ["not used for longer than the instance allows", { openedMinutes: 90, seenMinutes: 61 }, false, false],
  ["older than the instance allows", { openedMinutes: 601, seenMinutes: 1 }, false, false],
])("a session %s", (_what, ago, inStrict, inLax) => {
  for (const [tenantNo, expected] of [
    [strict, inStrict],
    [lax, inLax],
  ] as const) {
    const token = begun(tenantNo, ago);
    expect(sessions.find(token) !== undefined).toBe(expected);
    expect(sessions.list(tenantNo).some(({ id }) => id === token)).toBe(expected);
  }
});
