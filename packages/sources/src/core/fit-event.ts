import { type EventInput, type Json, LIMITS } from "@cairn/event";
import { cutText } from "./cut-text.ts";
import { capTexts, type FitWarnings } from "./fit-json.ts";

/** Room for what the door and the server add. */
const MAX_BYTES = LIMITS.eventBytes - 8 * 1024;
/** Longest a UTF-16 unit gets in JSON: `\u0000`. */
const WORST_BYTES_PER_CHAR = 6;
/** Lengths to which texts are cut until the event fits, longest first. */
const CAPS = [32_768, 8_192, 2_048, 512, 128] as const;
/** Targets an oversize event keeps as targets. */
const FEW_TARGETS = 20;

/**
 * Makes an event fit the limit of 256 KiB: its longest texts are cut, with the digest of the whole in place of the rest. If
 * the number of its parts is what makes it large, `details` becomes the beginning of its own JSON text.
 */
export function fitEvent(event: EventInput, warnings: FitWarnings): EventInput {
  if (!isTooLarge(event)) return event;
  let fitted = event;
  for (const cap of CAPS) {
    const noted: string[] = [];
    fitted = { ...fitted, ...capped(fitted, cap, noted) };
    warnings.push(...noted);
    if (!isTooLarge(fitted)) return fitted;
  }
  return fewParts(fitted, warnings);
}

/** Gives the number of bytes of an event's JSON text, or zero when it is certainly no matter. */
function isTooLarge(event: EventInput): boolean {
  if (upperBound(event as Json, MAX_BYTES) <= MAX_BYTES) return false;
  return Buffer.byteLength(JSON.stringify(event)) > MAX_BYTES;
}

/** Counts bytes without encoding, stopping when there are too many. */
function upperBound(value: Json | undefined, enough: number): number {
  if (typeof value === "string") return 3 + value.length * WORST_BYTES_PER_CHAR;
  if (typeof value !== "object" || value === null) return 26;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      bytes += 1 + upperBound(item, enough);
      if (bytes > enough) return bytes;
    }
    return bytes;
  }
  for (const key in value) {
    bytes += 4 + key.length * WORST_BYTES_PER_CHAR + upperBound((value as Record<string, Json>)[key], enough);
    if (bytes > enough) return bytes;
  }
  return bytes;
}

function capped(event: EventInput, cap: number, warnings: FitWarnings): Partial<EventInput> {
  const details =
    event.details === undefined ? {} : { details: capTexts(event.details as Json, cap, "/details", warnings) };
  if (event.changes === undefined) return details;
  const changes = capTexts(event.changes as Json, cap, "/changes", warnings) as NonNullable<EventInput["changes"]>;
  return { ...details, changes };
}

function fewParts(event: EventInput, warnings: FitWarnings): EventInput {
  const { changes = [], targets = [], details = null } = event;
  const whole = JSON.stringify({ details, changes, targets });
  warnings.push("cut:/details (too many parts)");
  const { changes: _changes, ...rest } = event;
  return { ...rest, targets: targets.slice(0, FEW_TARGETS), details: { cut: cutText(whole, CAPS[0]) } };
}
