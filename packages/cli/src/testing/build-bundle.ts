import { hash } from "node:crypto";
import type { Json } from "@cairn/event";
import {
  base64Encode,
  bytesToHex,
  consistencyProof,
  formatProofExtra,
  formatTlogProof,
  inclusionProof,
} from "@cairn/merkle";
import { type Committed, commit, commitEvent, FIRST_MS } from "./build-events.ts";
import { buildLog, type Files, type TestLog } from "./build-log.ts";

export const ORIGIN = "cairn-test/0123456789";
export const QUERY = "action:document.*";

/** A control act for a test. */
export interface TestAct {
  readonly type: string;
  readonly terms?: Readonly<Record<string, Json>>;
  readonly sealed?: Readonly<Record<string, Json>>;
  /** Events there were when it was written. */
  readonly eventLogSize: number;
}

/** What a bundle is made of. */
export interface BundlePlan {
  readonly kind: "full" | "compact";
  /** Entries of the event log. */
  readonly size: number;
  /** Sequences of the chosen events. */
  readonly chosen: readonly number[];
  /** Sequences of chosen events whose body is deleted. */
  readonly deleted?: readonly number[];
  /** Which units of a chosen event are shown. */
  readonly show?: (sequence: number, path: string) => boolean;
  readonly oldSizes?: readonly number[];
  /** Acts between the genesis and the announcement of this export. */
  readonly acts?: readonly TestAct[];
}

/** A bundle and the logs it was made from. */
export interface TestBundle {
  readonly files: Files;
  readonly eventLog: TestLog;
  readonly controlLog: TestLog;
  readonly events: readonly Committed[];
  readonly acts: readonly Committed[];
}

/** Builds an honest bundle. */
export function buildBundle(plan: BundlePlan): TestBundle {
  const { kind, size, chosen, deleted = [], oldSizes = [] } = plan;
  const events = Array.from({ length: size }, (_, sequence) => commitEvent(sequence, ORIGIN));
  const eventLog = buildLog(
    ORIGIN,
    events.map(({ entry }) => entry),
  );
  const acts = commitActs(plan, eventLog);
  const controlLog = buildLog(
    `${ORIGIN}/control`,
    acts.map(({ entry }) => entry),
  );

  const files: Files = kind === "full" ? eventLog.files() : new Map([["checkpoint", eventLog.checkpoint(size)]]);
  for (const [path, bytes] of controlLog.files()) files.set(`control/${path}`, bytes);
  files.set("control/old/checkpoint.1", controlLog.checkpoint(1));
  files.set("control/control.ndjson", lines(acts.map((act, sequence) => ({ sequence, disclosure: act.disclose() }))));
  files.set("policy.txt", Buffer.from(`log ${eventLog.vkey}\nlog ${controlLog.vkey}\nquorum none\n`));
  for (const oldSize of oldSizes) {
    files.set(`old/checkpoint.${oldSize}`, eventLog.checkpoint(oldSize));
    if (kind === "compact" && oldSize < size) {
      const proof = consistencyProof(oldSize, size, eventLog.nodes);
      files.set(`old/${oldSize}.consistency`, Buffer.from(proof.map((node) => `${base64Encode(node)}\n`).join("")));
    }
  }
  const eventLines = chosen.map((sequence) => {
    const isDeleted = deleted.includes(sequence);
    const disclosure = events[sequence]?.disclose((path) => plan.show?.(sequence, path) ?? true);
    return isDeleted ? { ledger: 1, sequence, deleted: true } : { ledger: 1, sequence, disclosure };
  });
  files.set("events.ndjson", lines(eventLines));
  if (kind === "compact") for (const sequence of chosen) files.set(...proofFile(sequence, eventLog));
  writeManifest(files, { kind, size, events: chosen.length });
  return { files, eventLog, controlLog, events, acts };
}

function commitActs(plan: BundlePlan, eventLog: TestLog): readonly Committed[] {
  const genesis: TestAct = {
    type: "genesis",
    eventLogSize: 0,
    terms: {
      format: 1,
      origin: ORIGIN,
      event_log_vkey: eventLog.vkey,
      control_log_vkey: buildLog(`${ORIGIN}/control`, []).vkey,
    },
  };
  const exported: TestAct = {
    type: "evidence.exported",
    eventLogSize: plan.size,
    terms: { up_to: plan.size - 1 },
    sealed: { recipient: "Auditors Ltd", query: QUERY },
  };
  return [genesis, ...(plan.acts ?? []), exported].map((act, sequence) => commitAct(act, { sequence, eventLog }));
}

/** Commits to a control act. */
export function commitAct(
  act: TestAct,
  place: { readonly sequence: number; readonly eventLog: Pick<TestLog, "root"> },
): Committed {
  const units: Record<string, Json> = {
    "/log": `${ORIGIN}/control`,
    "/type": act.type,
    "/time": new Date(FIRST_MS + place.sequence).toISOString(),
    "/event_log": { ledger: 1, size: act.eventLogSize, root: bytesToHex(place.eventLog.root(act.eventLogSize)) },
    "/terms": act.terms ?? {},
  };
  for (const [name, value] of Object.entries(act.sealed ?? {})) units[`/sealed/${name}`] = value;
  return commit("control", units, {
    receivedAtMs: FIRST_MS + place.sequence,
    seed: `control ${place.sequence} ${act.type}`,
  });
}

/** Makes the proof of one event, as a compact bundle holds it. */
export function proofFile(sequence: number, log: TestLog): [path: string, bytes: Uint8Array] {
  const bytes = formatTlogProof({
    extra: formatProofExtra({ entry: log.entries[sequence] ?? new Uint8Array(0) }),
    index: BigInt(sequence),
    hashes: inclusionProof(sequence, log.entries.length, log.nodes),
    checkpoint: log.checkpoint(log.entries.length),
  });
  return [`proofs/${sequence}.tlog-proof`, bytes];
}

/** Writes the manifest of files as they are now: what an attacker would do as well. */
export function writeManifest(
  files: Files,
  about: { readonly kind: "full" | "compact"; readonly size: number; readonly events: number },
): void {
  files.delete("manifest.json");
  const listed = [...files].map(([path, bytes]) => [path, { bytes: bytes.length, sha256: hash("sha256", bytes) }]);
  const manifest = {
    v: 1,
    kind: about.kind,
    origin: ORIGIN,
    ledger: 1,
    size: about.size,
    events: about.events,
    query: QUERY,
    files: Object.fromEntries(listed) as Json,
  };
  files.set("manifest.json", Buffer.from(JSON.stringify(manifest)));
}

/** Writes values one a line. */
export function lines(values: readonly unknown[]): Uint8Array {
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
}
