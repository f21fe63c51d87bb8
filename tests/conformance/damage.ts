import { deriveLogKey, instancePaths, logVkey, openReaderSide } from "@cairn/ledger";
import { formatCheckpoint, parseCheckpoint, parseNote, signNote } from "@cairn/merkle";

/** Flips bits spread over a file, the first and the last among them, each in a copy of its own; the same in every run. */
export function flips(bytes: Uint8Array, count: number): Buffer[] {
  const total = bytes.length * 8;
  return Array.from({ length: total === 0 ? 0 : count }, (_, i) => {
    const bit = i === 0 ? 0 : i === 1 ? total - 1 : (i * 2_654_435_761 + 12_345) % total;
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return flipped;
  });
}

/** An entry behind its length. */
const SLOT_BYTES = 2 + 42;

/** Flips a bit of the event root of an entry in a bundle. */
export function withFlippedRoot(bundle: Buffer): Buffer {
  const changed = Buffer.from(bundle);
  changed.writeUInt8(bundle.readUInt8(SLOT_BYTES - 1) ^ 1, SLOT_BYTES - 1);
  return changed;
}

/** Swaps two entries that were received at the same time, so that nothing but the tree can tell. */
export function withSwappedEntries(bundle: Buffer): Buffer {
  const slots = Array.from({ length: bundle.length / SLOT_BYTES }, (_, i) =>
    bundle.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES),
  );
  const second = slots.findIndex((slot, i) => i > 0 && slots[i - 1]!.subarray(0, 12).equals(slot.subarray(0, 12)));
  if (second === -1) throw new Error("no two entries were received at the same time");
  return Buffer.concat([...slots.slice(0, second - 1), slots[second]!, slots[second - 1]!, ...slots.slice(second + 1)]);
}

/** Signs a checkpoint of the same size and another root, as somebody could who has the log's own key. */
export function forgeCheckpoint(dataDir: string, note: string): string {
  const side = openReaderSide(instancePaths(dataDir));
  try {
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const key = deriveLogKey(side.secrets.signingSecret, checkpoint.origin);
    const [, keyId = ""] = logVkey(checkpoint.origin, key).split("+");
    const signer = {
      name: checkpoint.origin,
      keyId: Number.parseInt(keyId, 16),
      sign: (text: Uint8Array) => key.sign(text),
    };
    return signNote(formatCheckpoint({ ...checkpoint, root: new Uint8Array(32) }), [signer]);
  } finally {
    side.close();
  }
}
