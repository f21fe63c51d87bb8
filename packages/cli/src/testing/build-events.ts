import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "@cairn/event";
import { commitUnit, type Disclosure, encodeEntry, encodeUnit, eventRoot, formatDisclosure } from "@cairn/merkle";

/** A committed event or control act: its entry, and what can be disclosed of it. */
export interface Committed {
  readonly entry: Uint8Array;
  /** Discloses the units whose path passes. */
  disclose(show?: (path: string) => boolean): Disclosure;
}

/** Commits to units given as path and value; salts follow from `seed`, so that tests repeat. */
export function commit(
  kind: "event" | "control",
  units: Readonly<Record<string, Json>>,
  options: { readonly receivedAtMs: number; readonly seed: string },
): Committed {
  const made = Object.entries(units).map(([path, value]) => {
    const salt = createHash("sha256").update(`${options.seed} ${path}`).digest().subarray(0, 16);
    const unit = encodeUnit(path, Buffer.from(canonicalJson(value)));
    return { path, salt, unit, commitment: commitUnit(salt, unit) };
  });
  const root = eventRoot(made.map(({ commitment }) => commitment));
  return {
    entry: encodeEntry({ kind, receivedAt: options.receivedAtMs, eventRoot: root }),
    disclose: (show = () => true) =>
      formatDisclosure({
        units: made.filter(({ path }) => show(path)),
        redacted: made.filter(({ path }) => !show(path)).map(({ commitment }) => commitment),
      }),
  };
}

/** Time of the first entry of the logs that tests build. */
export const FIRST_MS = Date.UTC(2026, 2, 4, 5, 6, 7);

/** Commits to an event as Cairn's door makes them. */
export function commitEvent(sequence: number, origin: string): Committed {
  const units = {
    "/log": origin,
    "/id": `event-${sequence}`,
    "/action": sequence % 2 === 0 ? "document.viewed" : "document.printed",
    "/actor/ref": `sub_${sequence % 7}`,
    "/occurred_at": new Date(FIRST_MS + sequence).toISOString(),
    "/details/pages": sequence,
    [`/subjects/sub_${sequence % 7}`]: { fields: { "/actor/id": "jane.doe@example.com", "/actor/name": "Jäne Doe" } },
  };
  return commit("event", units, { receivedAtMs: FIRST_MS + sequence, seed: `event ${sequence}` });
}
