import type { Source } from "../api/source-answers.ts";

/** How a source is doing, in one word; the page has the words. */
export type Standing = "off" | "problem" | "waiting" | "well";

/** Tells how a source is doing. */
export function standingOf({ enabled, problem, since, last_polled_at }: Source): Standing {
  if (!enabled) return "off";
  if (problem !== null) return "problem";
  // What is asked and had nothing to tell is well, too.
  return since === null && last_polled_at === null ? "waiting" : "well";
}
