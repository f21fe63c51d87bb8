import type { OutcomeResult, Verb } from "../model/event.ts";

const OUTCOME_SUFFIXES: Readonly<Record<string, OutcomeResult>> = {
  success: "success",
  succeeded: "success",
  completed: "success",
  failed: "failure",
  failure: "failure",
  error: "failure",
  denied: "denied",
  blocked: "denied",
  rejected: "denied",
};

const WORDS_OF_VERB: Readonly<Partial<Record<Verb, string>>> = {
  create: "create created add added new upload uploaded import imported invite invited register registered",
  read: "read view viewed open opened get access accessed preview previewed list listed",
  export: "download downloaded export exported",
  update:
    "update updated change changed edit edited set rename renamed move moved save saved reset enable enabled disable disabled modify modified",
  delete: "delete deleted remove removed purge purged erase erased destroy destroyed",
  search: "search searched query queried",
  print: "print printed",
  copy: "copy copied",
  send: "send sent share shared disclose disclosed fax faxed",
  login: "login log_in signin sign_in signed_in logged_in",
  logout: "logout log_out signout sign_out signed_out logged_out",
  grant: "grant granted assign assigned",
  revoke: "revoke revoked unassign unassigned",
};

const VERB_OF_WORD = new Map(
  Object.entries(WORDS_OF_VERB).flatMap(([verb, words]) =>
    words.split(" ").map((word) => [word, verb as Verb] as const),
  ),
);

/** Tells the outcome that an action's last segment states (`…login.failed`), else `unknown`. */
export function outcomeOfAction(action: string): OutcomeResult {
  return OUTCOME_SUFFIXES[action.slice(action.lastIndexOf(".") + 1)] ?? "unknown";
}

/** Guesses the verb from an action's words, last segment first; `other` when none is known. */
export function verbOfAction(action: string): Verb {
  const segments = action.split(".");
  for (let i = segments.length - 1; i >= 0; i--) {
    const verb = VERB_OF_WORD.get(segments[i] ?? "");
    if (verb !== undefined) return verb;
  }
  return "other";
}
