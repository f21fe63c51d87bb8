import { type ParsedCheckpoint, parseCheckpoint } from "../checkpoint/checkpoint.ts";
import { type CheckpointRefusal, verifyParsedCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { ed25519VerifierFactory, type VerifierFactory } from "../checkpoint/verifier-factory.ts";
import { MerkleError } from "../error.ts";
import { type Note, parseNote } from "../note/note.ts";
import { isQuorum, type Policy, type PolicyLog, type PolicyWitness } from "./policy.ts";

/** A witness of the policy that has cosigned. */
export interface WitnessedBy {
  readonly witness: PolicyWitness;
  /** Unix seconds of its newest cosignature here. */
  readonly timestampSeconds: bigint;
}

/** Says whether a checkpoint satisfies a policy, and if not, why. */
export type PolicyVerdict =
  | {
      readonly ok: true;
      readonly checkpoint: ParsedCheckpoint;
      readonly note: Note;
      /** The log's keys that have signed. */
      readonly logs: readonly PolicyLog[];
      readonly witnessedBy: readonly WitnessedBy[];
    }
  | { readonly ok: false; readonly code: PolicyRefusal; readonly message: string };

/** Names why a checkpoint does not satisfy a policy. */
export type PolicyRefusal = CheckpointRefusal | "unknown_log" | "quorum_not_met";

/**
 * Verifies that a checkpoint is signed by a log of the policy whose key bears its origin's name, and cosigned by a quorum.
 *
 * A key that `createVerifier` does not know counts for nothing; by default that is all but Ed25519.
 */
export function satisfiesPolicy(
  policy: Policy,
  signed: Uint8Array | string,
  options: { readonly createVerifier?: VerifierFactory } = {},
): PolicyVerdict {
  try {
    const note = parseNote(signed);
    return verifyAgainst(policy, { note, checkpoint: parseCheckpoint(note.text) }, options);
  } catch (error) {
    if (error instanceof MerkleError && (error.code === "malformed_note" || error.code === "malformed_checkpoint")) {
      return refused(error.code, error.message);
    }
    throw error;
  }
}

function verifyAgainst(
  policy: Policy,
  read: { readonly note: Note; readonly checkpoint: ParsedCheckpoint },
  options: { readonly createVerifier?: VerifierFactory },
): PolicyVerdict {
  const { note, checkpoint } = read;
  const createVerifier = options.createVerifier ?? ed25519VerifierFactory();
  const logs = policy.logs.filter(({ vkey }) => vkey.name === checkpoint.origin);
  if (logs.length === 0) return refused("unknown_log", `${checkpoint.origin} is not a log of the policy`);
  const logVerifiers = new Map(logs.map((log) => [createVerifier(log.vkey), log]));
  const witnessVerifiers = new Map(policy.witnesses.map((witness) => [createVerifier(witness.vkey), witness]));
  const verdict = verifyParsedCheckpoint(note, checkpoint, {
    log: [...logVerifiers.keys()].filter((verifier) => verifier !== undefined),
    witnesses: [...witnessVerifiers.keys()].filter((verifier) => verifier !== undefined),
  });
  if (!verdict.ok) return refused(verdict.code, verdict.message);

  const times = new Map<PolicyWitness, bigint>();
  for (const { verifier, timestampSeconds } of verdict.cosignatures) {
    const witness = witnessVerifiers.get(verifier);
    if (witness === undefined) continue;
    const earlier = times.get(witness);
    times.set(witness, earlier !== undefined && earlier > timestampSeconds ? earlier : timestampSeconds);
  }
  if (!isQuorum(policy, new Set([...times.keys()].map((witness) => witness.name)))) {
    return refused("quorum_not_met", `${times.size} witnesses have cosigned, which is no quorum`);
  }
  const signedBy = new Set(verdict.logSignatures.map(({ verifier }) => logVerifiers.get(verifier)));
  return {
    ok: true,
    checkpoint,
    note,
    logs: logs.filter((log) => signedBy.has(log)),
    witnessedBy: [...times].map(([witness, timestampSeconds]) => ({ witness, timestampSeconds })),
  };
}

function refused(code: PolicyRefusal, message: string): PolicyVerdict {
  return { ok: false, code, message };
}
