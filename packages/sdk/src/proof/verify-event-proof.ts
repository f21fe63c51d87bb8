import {
  decodeEntry,
  ed25519VerifierFactory,
  leafHash,
  MerkleError,
  openCheckpoint,
  type ParsedCheckpoint,
  type Policy,
  parseCheckpoint,
  parseNote,
  parseProofExtra,
  parseTlogProof,
  parseVkey,
  satisfiesPolicy,
  type TlogProof,
  type Unit,
  type VerifierFactory,
  verifyDisclosure,
  verifyInclusion,
} from "@cairn/merkle";
import { verifyEd25519Natively } from "./native-ed25519.ts";

/** Whose signature is believed. */
export type ProofTrust =
  /** Keys of the log, as `tenant()` gives them and as they were kept since. */
  | { readonly kind: "vkeys"; readonly vkeys: readonly string[] }
  /** A C2SP tlog-policy. */
  | { readonly kind: "policy"; readonly policy: Policy }
  /** Nobody's: only that the proof leads to the checkpoint in it is established. */
  | { readonly kind: "none" };

/** Says whether a `.tlog-proof` proves its event, and if not, why. */
export type EventProofVerdict =
  | {
      readonly ok: true;
      readonly checkpoint: ParsedCheckpoint;
      readonly sequence: bigint;
      /** Unix milliseconds. */
      readonly receivedAtMs: number;
      /** What is shown of the event, bit for bit as committed; undefined when the proof carries no disclosure. */
      readonly units: readonly Unit[] | undefined;
      readonly redactedCount: number;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** The unit that binds every event to its log. */
const LOG_UNIT = "/log";

/**
 * Verifies a `.tlog-proof` by Cairn, offline: the signature of its checkpoint by `trust`, the path from the entry to the
 * checkpoint's root, the event shown, and that the event names this log. A proof that does not hold is an answer.
 */
export function verifyEventProof(
  proof: Uint8Array | string,
  trust: ProofTrust,
  options: { readonly createVerifier?: VerifierFactory } = {},
): EventProofVerdict {
  try {
    return verify(parseTlogProof(typeof proof === "string" ? Buffer.from(proof) : proof), trust, options);
  } catch (error) {
    if (error instanceof MerkleError) return refused(error.code, error.message);
    throw error;
  }
}

function verify(
  proof: TlogProof,
  trust: ProofTrust,
  options: { readonly createVerifier?: VerifierFactory },
): EventProofVerdict {
  if (proof.extra === undefined) return refused("malformed_proof", "the proof does not carry its entry");
  const head = openHead(
    proof.checkpoint,
    trust,
    options.createVerifier ?? ed25519VerifierFactory({ verifyEd25519: verifyEd25519Natively }),
  );
  if (!head.ok) return head;
  const { checkpoint } = head;
  const { entry, disclosure } = parseProofExtra(proof.extra);
  const decoded = decodeEntry(entry);
  const inclusion = verifyInclusion(
    { leafIndex: proof.index, leafHash: leafHash(entry), hashes: proof.hashes },
    checkpoint,
  );
  if (!inclusion.ok) return inclusion;
  const proven = { ok: true, checkpoint, sequence: proof.index, receivedAtMs: decoded.receivedAt } as const;
  if (disclosure === undefined) return { ...proven, units: undefined, redactedCount: 0 };
  const shown = verifyDisclosure(disclosure, entry);
  if (!shown.ok) return shown;
  const log = shown.units.find((unit) => unit.path === LOG_UNIT);
  if (log === undefined || Buffer.from(log.value).toString() !== JSON.stringify(checkpoint.origin)) {
    return refused("log_mismatch", `the event does not say that it belongs to ${checkpoint.origin}`);
  }
  return { ...proven, units: shown.units, redactedCount: shown.redactedCount };
}

type Head =
  | { readonly ok: true; readonly checkpoint: ParsedCheckpoint }
  | { readonly ok: false; readonly code: string; readonly message: string };

function openHead(signed: Uint8Array, trust: ProofTrust, createVerifier: VerifierFactory): Head {
  switch (trust.kind) {
    case "vkeys": {
      const verifiers = trust.vkeys.map((vkey) => createVerifier(parseVkey(vkey)));
      return openCheckpoint(signed, { log: verifiers.filter((verifier) => verifier !== undefined) });
    }
    case "policy":
      return satisfiesPolicy(trust.policy, signed, { createVerifier });
    case "none":
      return { ok: true, checkpoint: parseCheckpoint(parseNote(signed).text) };
  }
}

function refused(code: string, message: string): EventProofVerdict {
  return { ok: false, code, message };
}
