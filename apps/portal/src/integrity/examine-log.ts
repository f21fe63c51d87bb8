import { bytesToHex, ed25519Verifier, openCheckpoint } from "@cairn/merkle";
import type { TenantLog } from "../api/answers.ts";
import type { Api } from "../api/client.ts";
import { type Comparison, comparePast } from "../proof/examine.ts";
import { recallLog, rememberLog } from "../proof/memory.ts";

/** What the log's newest signature says, and whether it holds. */
export interface LogExamination {
  readonly log: TenantLog;
  /** The signed note, verbatim. */
  readonly note: string;
  /** Entries that it signs. */
  readonly signedSize: number;
  /** Root of the tree, hex. */
  readonly root: string;
  readonly verdict: { readonly kind: "good" } | { readonly kind: "bad"; readonly message: string };
  readonly past: Comparison;
}

/**
 * Fetches the log's checkpoint, checks its signature here, and compares it with what this browser saw of the log before;
 * null behind a wall.
 */
export async function examineLog(api: Api, signal: AbortSignal): Promise<LogExamination | null> {
  const tenant = await api.tenant(signal);
  const { log } = tenant;
  if (log === null) return null;
  const bytes = await api.tile(log.id, "checkpoint", signal);
  const note = new TextDecoder().decode(bytes);
  const opened = openCheckpoint(bytes, { origin: log.origin, log: [ed25519Verifier(log.vkey)] });
  if (!opened.ok) {
    const verdict = { kind: "bad", message: opened.message } as const;
    return { log, note, signedSize: 0, root: "", verdict, past: { kind: "first" } };
  }
  const { size, root } = opened.checkpoint;
  const name = { project: tenant.project, tenant: tenant.tenant, ledger: log.ledger };
  const remembered = recallLog(name);
  const past = await comparePast(remembered, { size, root }, (path) => api.tile(log.id, path, signal));
  const isSameKey = remembered === undefined || (remembered.vkey === log.vkey && remembered.origin === log.origin);
  const isGrown = past.kind === "first" || (past.kind === "kept" && Number(size) >= past.size);
  if (isSameKey && isGrown) {
    const seen = new Date().toISOString();
    const firstSeen = remembered?.firstSeen ?? seen;
    const { origin, vkey } = log;
    rememberLog(name, { origin, vkey, firstSeen, size: Number(size), root: bytesToHex(root), seen, note });
  }
  const wrong = past.kind === "broken" ? past.message : isSameKey ? undefined : "the log is signed by another key";
  return {
    log,
    note,
    signedSize: Number(size),
    root: bytesToHex(root),
    verdict: wrong === undefined ? { kind: "good" } : { kind: "bad", message: wrong },
    past,
  };
}
