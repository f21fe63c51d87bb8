import { type Json, parseTime } from "@cairn/event";
import { bytesEqual, decodeEntry, type EventEntry, type HashKernel, hexToBytes } from "@cairn/merkle";
import { CONTROL_TYPES, type ControlBody, controlRoot, decodeControlBody } from "../control/control-record.ts";
import { CORE_SUBJECT, type Keyring } from "../crypto/keyring.ts";
import { unseal } from "../crypto/seal.ts";
import { deriveLogKey } from "../crypto/signer.ts";
import { logVkey } from "../seal/note-signer.ts";
import type { Database } from "../storage/database.ts";
import { eventOrigin, type LogState } from "../storage/logs.ts";
import { controlContext } from "../writer/writer.ts";
import { logKey } from "./check-head.ts";
import type { FindingPlace, Findings } from "./finding.ts";
import type { RootClaim, TreeCheck } from "./tree-check.ts";

const PAGE = 500;

export interface ControlContext {
  readonly db: Database;
  readonly log: LogState;
  readonly keyring: Keyring;
  readonly signingSecret: Uint8Array;
  readonly kernel: HashKernel;
  readonly tree: TreeCheck;
  readonly findings: Findings;
}

/** An opened control entry. */
interface Opened {
  readonly sequence: number;
  readonly units: ReadonlyMap<string, Json>;
}

/** What an epoch's genesis says of the epoch before it. */
export interface PreviousEpoch {
  readonly ledger: number;
  readonly event_log: PreviousLog;
  readonly control_log: PreviousLog;
}

export interface PreviousLog {
  readonly origin: string;
  /** What was signed last, as the rollback guard knew it. */
  readonly signed: { readonly size: number; readonly root: string };
  /** What the data directory held. */
  readonly kept: { readonly size: number; readonly root: string };
}

/** What the control log says that has to agree with other logs. */
export interface ControlReport {
  /** Sizes and roots of the event log of the same epoch. */
  readonly eventLogClaims: readonly RootClaim[];
  readonly previous: PreviousEpoch | undefined;
  readonly lastReceivedAtMs: number;
  readonly size: number;
}

/** Checks every entry of a control log: that it opens, is complete, and says nothing that is not so. */
export function checkControl(context: ControlContext): ControlReport {
  const { log, findings } = context;
  const claims: RootClaim[] = [];
  let previous: PreviousEpoch | undefined;
  let last = 0;
  let next = 0;
  let eventLogSize = 0;
  for (const row of controlRows(context)) {
    const place: FindingPlace = { table: "control", key: logKey(log), origin: log.origin, sequence: row.sequence };
    if (row.sequence !== next) {
      findings.add(
        "control_missing",
        { ...place, sequence: next },
        `entries ${next} to ${row.sequence - 1} are missing`,
      );
      next = row.sequence;
    }
    next++;
    context.tree.append(context.kernel.leafHashes(row.entry, 1).slice());
    const entry = readEntry(context, row.entry, place);
    if (entry === undefined) continue;
    if (entry.receivedAt < last)
      findings.add("received_at_decreases", place, "the entry was received before the one in front of it");
    last = Math.max(last, entry.receivedAt);
    const opened = openBody(context, { ...row, eventRoot: entry.eventRoot }, place);
    if (opened === undefined) continue;
    const claim = checkUnits(context, opened, place);
    if (claim !== undefined) {
      if (claim.size < eventLogSize)
        findings.add("control_terms_wrong", place, "the event log was longer at the entry in front of it");
      eventLogSize = Math.max(eventLogSize, claim.size);
      claims.push(claim);
    }
    previous ??= termsOf(opened.units)?.previous_epoch as PreviousEpoch | undefined;
  }
  return { eventLogClaims: claims, previous, lastReceivedAtMs: last, size: next };
}

interface ControlRow {
  readonly sequence: number;
  readonly entry: Uint8Array;
  readonly body: Uint8Array;
}

function* controlRows({ db, log }: ControlContext): Generator<ControlRow> {
  for (let next = 0; next < log.size; ) {
    const page = db.all<ControlRow>(
      "SELECT sequence, entry, body FROM control WHERE tenant_no = ? AND ledger = ? AND sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?",
      log.tenantNo,
      log.ledger,
      next,
      log.size,
      PAGE,
    );
    yield* page;
    if (page.length < PAGE) return;
    next = page.at(-1)!.sequence + 1;
  }
}

function readEntry({ findings }: ControlContext, entry: Uint8Array, place: FindingPlace): EventEntry | undefined {
  try {
    const decoded = decodeEntry(entry);
    if (decoded.kind === "control") return { ...decoded, kind: decoded.kind };
    findings.add("entry_malformed", place, `a ${decoded.kind} entry stands in the control log`);
  } catch (error) {
    findings.add("entry_malformed", place, (error as Error).message);
  }
  return undefined;
}

function openBody(
  { log, keyring, findings }: ControlContext,
  {
    sequence,
    body,
    eventRoot,
  }: { readonly sequence: number; readonly body: Uint8Array; readonly eventRoot: Uint8Array },
  place: FindingPlace,
): Opened | undefined {
  let stored: ControlBody;
  try {
    const key = keyring.subjectKey(log.tenantNo, CORE_SUBJECT);
    if (key === undefined) throw new Error("the tenant's core key is gone");
    stored = decodeControlBody(unseal(key, body, controlContext(log, sequence)));
  } catch (error) {
    findings.add("control_damaged", place, `the body cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  if (!bytesEqual(controlRoot(stored), eventRoot)) {
    findings.add("control_altered", place, "the body does not have the root that its entry commits to");
    return undefined;
  }
  return { sequence, units: new Map(stored.units.map(({ path, value }) => [path, JSON.parse(value) as Json])) };
}

const ALLOWED = /^\/(?:log|type|time|event_log|terms|sealed\/[^/]+)$/;

/** Checks what an entry must say; gives what it says of the event log. */
function checkUnits(context: ControlContext, opened: Opened, place: FindingPlace): RootClaim | undefined {
  const { log, findings } = context;
  const { units, sequence } = opened;
  const incomplete = (what: string): void => findings.add("control_incomplete", place, what);
  const wrong = (what: string): void => findings.add("control_terms_wrong", place, what);
  for (const path of units.keys()) if (!ALLOWED.test(path)) incomplete(`an entry has no unit ${path}`);
  if (units.get("/log") !== log.origin) incomplete("/log is not the log's origin");
  const type = units.get("/type");
  if (!(CONTROL_TYPES as readonly Json[]).includes(type ?? null)) incomplete("/type is no type of entry");
  if ((type === "genesis") !== (sequence === 0)) wrong("the first entry of a log, and no other, is its genesis");
  if (type === "genesis") checkGenesis(context, units, wrong);
  if (!isTime(units.get("/time"))) incomplete("/time is no time");
  if (termsOf(units) === undefined) incomplete("/terms is no object");
  const eventLog = units.get("/event_log") as { ledger?: Json; size?: Json; root?: Json } | undefined;
  if (
    typeof eventLog?.size !== "number" ||
    typeof eventLog.root !== "string" ||
    !/^[0-9a-f]{64}$/.test(eventLog.root)
  ) {
    incomplete("/event_log does not give the event log's size and root");
    return undefined;
  }
  if (eventLog.ledger !== log.ledger) {
    wrong("/event_log tells of another epoch");
    return undefined;
  }
  return {
    size: eventLog.size,
    root: hexToBytes(eventLog.root),
    code: "control_terms_wrong",
    place,
    claimant: "a control entry",
  };
}

function termsOf(units: ReadonlyMap<string, Json>): Readonly<Record<string, Json>> | undefined {
  const terms = units.get("/terms");
  if (typeof terms !== "object" || terms === null || Array.isArray(terms)) return undefined;
  return terms as Readonly<Record<string, Json>>;
}

function isTime(value: Json | undefined): boolean {
  try {
    return typeof value === "string" && parseTime(value, "/time") >= 0;
  } catch {
    return false;
  }
}

function checkGenesis(
  { log, signingSecret }: ControlContext,
  units: ReadonlyMap<string, Json>,
  wrong: (what: string) => void,
): void {
  const origin = eventOrigin(log.origin);
  const vkey = (name: string): string => logVkey(name, deriveLogKey(signingSecret, name));
  const terms = termsOf(units) ?? {};
  if (terms.origin !== origin) wrong("the genesis names another origin");
  if (terms.format !== 1) wrong("the genesis names another format");
  if (terms.event_log_vkey !== vkey(origin)) wrong("the genesis names another key of the event log");
  if (terms.control_log_vkey !== vkey(log.origin)) wrong("the genesis names another key of the control log");
}
