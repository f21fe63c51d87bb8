export { base64Decode, base64Encode } from "./bytes/base64.ts";
export { bytesEqual, compareBytes, concatBytes } from "./bytes/compare.ts";
export { bytesToHex, hexToBytes } from "./bytes/hex.ts";
export { type Checkpoint, formatCheckpoint, type ParsedCheckpoint, parseCheckpoint } from "./checkpoint/checkpoint.ts";
export {
  type Cosignature,
  cosignatureSigner,
  cosignatureVerifier,
  parseCosignature,
} from "./checkpoint/cosignature.ts";
export {
  type CheckpointRefusal,
  type CheckpointTrust,
  type CheckpointVerdict,
  openCheckpoint,
  type VerifiedCosignature,
} from "./checkpoint/open-checkpoint.ts";
export { ed25519VerifierFactory, type VerifierFactory } from "./checkpoint/verifier-factory.ts";
export { type Disclosure, type DisclosureBytes, formatDisclosure, parseDisclosure } from "./commitment/disclosure.ts";
export {
  type CheckpointEntry,
  decodeEntry,
  ENTRY_KIND,
  ENTRY_VERSION,
  type Entry,
  type EventEntry,
  encodeEntry,
  writeEntry,
} from "./commitment/entry.ts";
export { EVENT_ROOT_PREFIX, eventRoot } from "./commitment/event-root.ts";
export {
  CHECKPOINT_ENTRY_LENGTH,
  ENTRY_LENGTH,
  MAX_PATH_BYTES,
  MAX_UNITS,
  SALT_LENGTH,
} from "./commitment/limits.ts";
export { COMMITMENT_PREFIX, commitUnit, decodeUnit, encodeUnit, type Unit } from "./commitment/unit.ts";
export { type DisclosureRefusal, type DisclosureVerdict, verifyDisclosure } from "./commitment/verify-disclosure.ts";
export { MerkleError, type MerkleErrorCode } from "./error.ts";
export type { TileLogFinding, TileLogFindingCode } from "./log/finding.ts";
export type { TileLogReader } from "./log/tile-files.ts";
export { type EntryBundle, type TileLogOptions, type TileLogReport, verifyTileLog } from "./log/verify-tile-log.ts";
export {
  type Ed25519Verify,
  ed25519PublicKey,
  ed25519Signer,
  ed25519Verifier,
  verifyEd25519,
} from "./note/ed25519.ts";
export { MAX_NOTE_BYTES, MAX_SIGNATURES } from "./note/limits.ts";
export {
  formatNote,
  formatSignatureLine,
  type Note,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
} from "./note/note.ts";
export { type NoteVerdict, openNote, type VerifiedSignature } from "./note/open-note.ts";
export { signNote } from "./note/sign-note.ts";
export type { NoteSigner, NoteVerifier } from "./note/signer.ts";
export { createVkey, formatVkey, isKeyName, keyId, parseVkey, SIGNATURE_TYPE, type Vkey } from "./note/vkey.ts";
export { parsePolicy } from "./policy/parse-policy.ts";
export { isQuorum, type Policy, type PolicyGroup, type PolicyLog, type PolicyWitness } from "./policy/policy.ts";
export {
  type PolicyRefusal,
  type PolicyVerdict,
  satisfiesPolicy,
  type WitnessedBy,
} from "./policy/satisfies-policy.ts";
export { formatProofExtra, type ProofExtra, parseProofExtra } from "./proof/proof-extra.ts";
export {
  formatTlogProof,
  MAX_EXTRA_BYTES,
  MAX_PROOF_BYTES,
  parseTlogProof,
  type TlogProof,
} from "./proof/tlog-proof.ts";
export { type TlogProofVerdict, verifyTlogProof } from "./proof/verify-tlog-proof.ts";
export { createHashKernel } from "./sha256/create-kernel.ts";
export type { HashKernel } from "./sha256/kernel.ts";
export { HASH_LENGTH, sha256 } from "./sha256/sha256.ts";
export { encodeEntryBundle, MAX_ENTRY_BYTES, splitEntryBundle } from "./tile/entry-bundle.ts";
export {
  bundlesForSize,
  TILE_HEIGHT,
  tilesForConsistencyProof,
  tilesForInclusionProof,
  tilesForSize,
  tileWidth,
} from "./tile/layout.ts";
export {
  type BundleId,
  entriesPath,
  parseTilePath,
  TILE_WIDTH,
  type TileId,
  type TileResource,
  tilePath,
} from "./tile/path.ts";
export { type BuiltTile, createTileBuilder, type TileBuilder } from "./tile/tile-builder.ts";
export { type TileReader, tileHashSource } from "./tile/tile-source.ts";
export { type CompactRange, createCompactRange, type NodeSink, restoreCompactRange } from "./tree/compact-range.ts";
export { emptyRoot, leafHash, nodeHash } from "./tree/hashing.ts";
export { consistencyProof, inclusionProof, type NodeSource, rootFromNodes } from "./tree/proof.ts";
export { rootFromLeafHashes } from "./tree/root.ts";
export type { ProofRefusal, ProofVerdict, Refutation } from "./tree/verdict.ts";
export { verifyConsistency } from "./tree/verify-consistency.ts";
export { type InclusionClaim, type TreeHead, verifyInclusion } from "./tree/verify-inclusion.ts";
