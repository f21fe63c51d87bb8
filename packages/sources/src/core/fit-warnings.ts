import { LIMITS } from "@cairn/event";
import { cutText } from "./cut-text.ts";

/** Makes warnings fit an event: each once, none too long, and of too many a count of the others. */
export function fitWarnings(warnings: readonly string[]): string[] {
  const unique = [...new Set(warnings.map((warning) => cutText(warning, LIMITS.shortTextChars)))];
  if (unique.length <= LIMITS.warnings) return unique;
  const kept = unique.slice(0, LIMITS.warnings - 1);
  return [...kept, `more_warnings:${unique.length - kept.length}`];
}
