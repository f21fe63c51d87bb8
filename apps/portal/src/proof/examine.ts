import type { RecordedEvent } from "@cairn/event";
import { bytesEqual, bytesToHex, hexToBytes, MerkleError, parseVkey, type TreeHead } from "@cairn/merkle";
import type { TenantAnswer, TenantLog } from "../api/answers.ts";
import type { Api } from "../api/client.ts";
import { isRefusal, problemOf } from "../api/problem.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { t } from "../texts/texts.ts";
import { checkGrowth } from "./consistency.ts";
import { type LogName, type RememberedLog, recallLog, rememberLog } from "./memory.ts";
import type { PastCheck, ProofState } from "./state.ts";
import { verifyEvent } from "./verify-event.ts";

/** Fetches the proof of an event, checks it here, and compares the log with what this browser saw of it before. */
export async function examineProof(api: Api, event: RecordedEvent, signal: AbortSignal): Promise<ProofState> {
  try {
    const tenant = await api.tenant(signal);
    const { log } = tenant;
    if (log === null) return { kind: "unchecked", why: t.proof.walled };
    if (event.ledger !== log.ledger) return { kind: "other-ledger", ledger: log.ledger };
    const proof = await fetchProof(api, event, signal);
    if (proof === undefined) return absent(event, log);
    return await judge({ api, event, proof, tenant, log, signal });
  } catch (error) {
    const problem = problemOf(error);
    // Given up by the reader: nobody looks at this any more.
    if (problem === undefined) return { kind: "checking" };
    const isAway = problem.kind === "unreachable";
    return { kind: "unchecked", why: isAway ? t.proof.away : explainProblem(problem).text };
  }
}

async function fetchProof(api: Api, event: RecordedEvent, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await api.proof(event, signal);
  } catch (error) {
    if (isRefusal(problemOf(error), "not_found")) return undefined;
    throw error;
  }
}

function absent(event: RecordedEvent, log: TenantLog): ProofState {
  if (event.sequence >= log.checkpoint_size) return { kind: "pending" };
  return failed("the log says that this event is sealed, and gives no proof of it");
}

interface Examination {
  readonly api: Api;
  readonly event: RecordedEvent;
  readonly proof: Uint8Array;
  readonly tenant: TenantAnswer;
  readonly log: TenantLog;
  readonly signal: AbortSignal;
}

async function judge({ api, event, proof, tenant, log, signal }: Examination): Promise<ProofState> {
  const name: LogName = { project: tenant.project, tenant: tenant.tenant, ledger: log.ledger };
  const remembered = recallLog(name);
  if (remembered !== undefined && (remembered.vkey !== log.vkey || remembered.origin !== log.origin)) {
    return {
      ...failed("the log is signed by another key than when this browser first saw it"),
      against: { name, remembered, claimed: undefined },
    };
  }
  const verdict = verifyEvent(event, proof, log);
  if (!verdict.ok) return failed(verdict.message);
  const { head, note } = verdict;
  const past = await comparePast(remembered, head, (path) => api.tile(log.id, path, signal));
  if (past.kind === "broken") {
    const against = remembered === undefined ? undefined : { name, remembered, claimed: note };
    return { ...failed(past.message), against };
  }
  const now = new Date().toISOString();
  const size = Number(head.size);
  // A larger tree that could not be compared must not take the place of what is known.
  const isWorthKeeping = past.kind === "first" || (past.kind === "kept" && size >= past.size);
  const isRemembered =
    !isWorthKeeping ||
    rememberLog(name, {
      origin: log.origin,
      vkey: log.vkey,
      firstSeen: remembered?.firstSeen ?? now,
      size,
      root: bytesToHex(head.root),
      seen: now,
      note,
    });
  return {
    kind: "verified",
    size,
    origin: log.origin,
    keyId: parseVkey(log.vkey).keyId.toString(16).padStart(8, "0"),
    withheldCount: verdict.withheldCount,
    past,
    isRemembered,
    proof,
  };
}

/** How the log stands to what this browser saw of it before. */
export type Comparison = PastCheck | { readonly kind: "broken"; readonly message: string };

/** Compares a tree with the one that this browser saw last: is all that was there still there? */
export async function comparePast(
  remembered: RememberedLog | undefined,
  head: TreeHead,
  fetchTile: (path: string) => Promise<Uint8Array>,
): Promise<Comparison> {
  if (remembered === undefined) return { kind: "first" };
  const seen: TreeHead = { size: BigInt(remembered.size), root: hexToBytes(remembered.root) };
  const kept = { kind: "kept", size: remembered.size, seen: remembered.seen, firstSeen: remembered.firstSeen } as const;
  if (seen.size === head.size) {
    return bytesEqual(seen.root, head.root) ? kept : broken(`the log has two histories of ${head.size} events`);
  }
  const [older, newer] = seen.size < head.size ? [seen, head] : [head, seen];
  try {
    const why = await checkGrowth(older, newer, fetchTile);
    return why === undefined
      ? kept
      : broken(`the log no longer holds what it held when this browser last looked: ${why}`);
  } catch (error) {
    return withoutTiles(error, { seen, head });
  }
}

/** The tiles were not to be had. Where the server answers, and says that there are none, that is no accident. */
function withoutTiles(
  error: unknown,
  { seen, head }: { readonly seen: TreeHead; readonly head: TreeHead },
): Comparison {
  const isDenied = error instanceof MerkleError || isRefusal(problemOf(error), "not_found");
  if (!isDenied) return { kind: "uncompared" };
  return head.size < seen.size
    ? broken(`the log has become shorter: it had ${seen.size} events, and now has ${head.size}`)
    : broken("the log does not show how it grew since this browser last looked");
}

function broken(message: string): Comparison {
  return { kind: "broken", message };
}

function failed(message: string): Extract<ProofState, { readonly kind: "failed" }> {
  return { kind: "failed", message, against: undefined };
}
