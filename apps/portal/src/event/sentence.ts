import type { CairnEvent, Verb } from "@cairn/event";
import { actorName, targetName } from "./names.ts";

/** Past tense where it happened, infinitive where it was only tried. */
const VERBS: Readonly<Record<Exclude<Verb, "other">, readonly [past: string, infinitive: string]>> = {
  create: ["created", "create"],
  read: ["read", "read"],
  update: ["changed", "change"],
  delete: ["deleted", "delete"],
  search: ["searched", "search"],
  export: ["exported", "export"],
  print: ["printed", "print"],
  copy: ["copied", "copy"],
  send: ["sent", "send"],
  login: ["signed in", "sign in"],
  logout: ["signed out", "sign out"],
  grant: ["granted", "grant"],
  revoke: ["revoked", "revoke"],
};

const NAMED_TARGETS = 3;

/** Says what happened: the producer's own sentence where there is one, else one made from the fields. */
export function sentenceOf(event: CairnEvent): string {
  if (event.description !== undefined) return event.description;
  const { result, reason } = event.outcome;
  const why = reason === undefined ? "" : `: ${reason}`;
  const what = (tense: "past" | "infinitive") => deed(event, tense);
  switch (result) {
    case "success":
      return `${subject(event)} ${what("past")}.`;
    case "unknown":
      return `${subject(event)} ${what("past")}; how it ended is not recorded${why}.`;
    case "failure":
      return `${subject(event)} tried to ${what("infinitive")}, and failed${why}.`;
    case "denied":
      return `${subject(event)} tried to ${what("infinitive")}, and was denied${why}.`;
  }
}

function subject({ actor }: CairnEvent): string {
  const name = actorName(actor);
  const behind = actor.on_behalf_of === undefined ? "" : `, on behalf of ${actorName(actor.on_behalf_of)},`;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${behind}`;
}

function deed(event: CairnEvent, tense: "past" | "infinitive"): string {
  const { verb, action } = event;
  const targets = objects(event);
  if (verb === "other") {
    const did = tense === "past" ? "did" : "do";
    return targets === "" ? `${did} ${action}` : `${did} ${action} on ${targets}`;
  }
  const word = VERBS[verb][tense === "past" ? 0 : 1];
  if (targets === "") return verb === "login" || verb === "logout" ? word : `${word} something (${action})`;
  return verb === "login"
    ? `${word} to ${targets}`
    : verb === "logout"
      ? `${word} of ${targets}`
      : `${word} ${targets}`;
}

function objects({ targets = [] }: CairnEvent): string {
  const named = targets.slice(0, NAMED_TARGETS).map(targetName);
  const others = targets.length - named.length;
  if (others > 0) return `${named.join(", ")} and ${others} more`;
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}
