import {
  type Checkpoint,
  ed25519VerifierFactory,
  MerkleError,
  type NoteVerifier,
  openCheckpoint,
  type Policy,
  parseCheckpoint,
  parseNote,
  satisfiesPolicy,
  type Vkey,
} from "@cairn/merkle";
import { verifyEd25519Natively } from "@cairn/sdk";
import type { Findings } from "./finding.ts";
import type { Pins } from "./pins.ts";

/** Makes verifiers of vkeys, with the platform's Ed25519. */
export const createVerifier = ed25519VerifierFactory({ verifyEd25519: verifyEd25519Natively });

/** Which of a tenant's two logs. */
export type LogName = "event" | "control";

/** The head of one of the bundle's logs, and who vouches for it. */
export interface SignedHead {
  readonly log: LogName;
  readonly file: string;
  readonly checkpoint: Checkpoint;
  /** Keys of the bundle's own policy that have signed. */
  readonly signers: readonly Vkey[];
  /** Keys that vouch for it because the auditor knows them; none when nothing of the auditor's does. */
  readonly pinnedKeys: readonly Vkey[];
}

/** What a head is opened against. */
export interface HeadContext {
  readonly log: LogName;
  readonly file: string;
  /** Origin that it must have. */
  readonly origin: string;
  /** Keys of the event log that the auditor knows: signing under their own name, they vouch for the control log as well. */
  readonly vouchers: readonly Vkey[];
  /** The bundle's own policy; undefined when it has none that can be read. */
  readonly policy: Policy | undefined;
  readonly pins: Pins;
}

/** Reads a checkpoint of the bundle and checks its signatures; undefined when it cannot be used at all. */
export function openHead(note: Uint8Array, context: HeadContext, findings: Findings): SignedHead | undefined {
  const { log, file, origin } = context;
  let checkpoint: Checkpoint;
  try {
    checkpoint = parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (!(error instanceof MerkleError)) throw error;
    findings.add({ code: error.code, file, message: error.message });
    return undefined;
  }
  if (checkpoint.origin !== origin) {
    const message = `the checkpoint is of ${JSON.stringify(checkpoint.origin)}, not of ${JSON.stringify(origin)}`;
    findings.add({ code: "origin_mismatch", file, message });
  }
  const signers = checkOwnPolicy(note, context, findings);
  return { log, file, checkpoint, signers, pinnedKeys: checkPins(note, { ...context, signers }, findings) };
}

/** The bundle is to be consistent in itself: its checkpoints are signed by the logs of its policy. */
function checkOwnPolicy(note: Uint8Array, context: HeadContext, findings: Findings): readonly Vkey[] {
  if (context.policy === undefined) return [];
  const verdict = satisfiesPolicy(context.policy, note, { createVerifier });
  if (verdict.ok) return verdict.logs.map(({ vkey }) => vkey);
  findings.add({ code: verdict.code, file: context.file, message: `by policy.txt: ${verdict.message}` });
  return [];
}

/** Checks a checkpoint against what the auditor believes, and gives the keys that vouch for it. */
function checkPins(
  note: Uint8Array,
  context: HeadContext & { readonly signers: readonly Vkey[] },
  findings: Findings,
): readonly Vkey[] {
  const { pins, file, origin, log, vouchers, signers } = context;
  const vouching: Vkey[] = [];
  const keys = pins.vkeys.filter(({ name }) => name === origin);
  if (keys.length > 0) {
    const verdict = openCheckpoint(note, { log: verifiersOf(keys) });
    if (verdict.ok) vouching.push(...keys);
    else findings.add({ code: "not_signed_by_pin", file, message: `by the key given: ${verdict.message}` });
  } else if (log === "event" && pins.vkeys.length > 0 && !pins.vkeys.some(({ name }) => name === `${origin}/control`)) {
    const names = pins.vkeys.map(({ name }) => name).join(", ");
    findings.add({ code: "pin_other_log", file, message: `the key given is of ${names}, not of ${origin}` });
  }
  for (const policy of pins.policies) {
    const verdict = satisfiesPolicy(policy, note, { createVerifier });
    if (verdict.ok) vouching.push(...verdict.logs.map(({ vkey }) => vkey));
    else if (verdict.code !== "unknown_log" || log === "event") {
      findings.add({ code: verdict.code, file, message: `by the policy given: ${verdict.message}` });
    }
  }
  if (isSignedBy(note, vouchers)) vouching.push(...vouchers);
  // A key that signed a checkpoint which the auditor kept is a key that the auditor knows.
  const known = pins.known.filter(({ checkpoint }) => checkpoint.origin === origin);
  if (known.some((kept) => isSignedBy(kept.note, signers))) vouching.push(...signers);
  return vouching;
}

/** Tells whether one of the keys has signed a note, under its own name. */
function isSignedBy(note: Uint8Array, vkeys: readonly Vkey[]): boolean {
  return vkeys.length > 0 && openCheckpoint(note, { log: verifiersOf(vkeys) }).ok;
}

/** Gives the verifiers of the keys whose type this program knows. */
export function verifiersOf(vkeys: readonly Vkey[]): readonly NoteVerifier[] {
  return vkeys.map(createVerifier).filter((verifier) => verifier !== undefined);
}
