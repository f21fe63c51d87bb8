import type { Verb } from "@cairn/event";

/** What a `logEvent` means. */
export interface DesktopEvent {
  readonly action: string;
  readonly verb: Verb;
  readonly category: string;
}

type Row = readonly [words: RegExp, action: string, verb: Verb, category: string];

/**
 * The events that the application's documentation names, by their words: releases write them in different ways ("User log
 * in", "Log In", "PlanOpen"). First match.
 */
const ROWS: readonly Row[] = [
  [/\blog(?:ged)? ?out\b|\bsign(?:ed)? ?out\b/, "session.logout", "logout", "authentication"],
  [/\blog(?:ged)? ?in\b|\bsign(?:ed)? ?in\b/, "session.login", "login", "authentication"],
  [/\bpatients?\b.*\bdelet|\bdelet\w*\b.*\bpatient/, "patient.deleted", "delete", "patient_record"],
  [/\bexport|\bdicom\b/, "plan.exported", "export", "data_export"],
  [/\border/, "order.placed", "send", "data_access"],
  [/\bplans?\b.*\bopen|\bopen\w*\b.*\bplan/, "plan.opened", "read", "patient_record"],
  [/\bplans?\b.*\bsav|\bsav\w*\b.*\bplan/, "plan.saved", "update", "patient_record"],
  [/\bplans?\b.*\bclos|\bclos\w*\b.*\bplan/, "plan.closed", "other", "patient_record"],
];

/** Tells what a `logEvent` means; undefined for one of no known words. */
export function desktopEventOf(logEvent: string): DesktopEvent | undefined {
  const words = logEvent
    .slice(0, MAX_CHARS)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]/g, " ")
    .toLowerCase();
  const row = ROWS.find(([pattern]) => pattern.test(words));
  if (row === undefined) return undefined;
  const [, action, verb, category] = row;
  return { action, verb, category };
}

const MAX_CHARS = 200;
