import { subjectPath } from "@cairn/event";
import { commitUnit, type DisclosureBytes, encodeUnit } from "@cairn/merkle";
import { LedgerError } from "../error.ts";
import { coreSalts, type StoredEvent } from "./stored-event.ts";

/** Path of the unit that needs every person of an event. */
const JOINT_PATH = "/joint";

/**
 * Makes the disclosure of an event: every unit that can be read and that `show` allows, the commitments of the others.
 * The verifier recomputes the event root from it (docs/formats/entry.md).
 */
export function discloseEvent(
  event: StoredEvent,
  origin: string,
  show: (path: string) => boolean = () => true,
): DisclosureBytes {
  const units: { salt: Uint8Array; unit: Uint8Array }[] = [];
  const redacted: Uint8Array[] = [];
  const place = (path: string, salt: Uint8Array, value: string): void => {
    const unit = encodeUnit(path, Buffer.from(value));
    if (show(path)) units.push({ salt, unit });
    else redacted.push(commitUnit(salt, unit));
  };
  const salts = coreSalts(event);
  place("/log", salts[0]!, JSON.stringify(origin));
  for (const [i, path] of event.paths.entries()) place(path, salts[i + 1]!, event.values[i]!);
  for (const { refs, value, salt, commitment } of event.parts) {
    if (value !== undefined && salt !== undefined)
      place(refs.length === 1 ? subjectPath(refs[0]!) : JOINT_PATH, salt, value);
    else if (commitment !== undefined) redacted.push(commitment);
    else throw new LedgerError("corrupt", `event ${event.sequence} has a unit with neither value nor commitment`);
  }
  return { units, redacted };
}

/** Commitments of all units of an event, from what is stored. */
export function commitmentsOf(event: StoredEvent, origin: string): Uint8Array[] {
  return [...discloseEvent(event, origin, () => false).redacted];
}
