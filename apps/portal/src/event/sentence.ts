import type { CairnEvent } from "@cairn/event";
import { t } from "../texts/texts.ts";
import { actorName, targetName } from "./names.ts";

const NAMED_TARGETS = 3;

/** Says what happened: the producer's own sentence where there is one, else one made from the fields. */
export function sentenceOf(event: CairnEvent): string {
  if (event.description !== undefined) return event.description;
  const { result, reason } = event.outcome;
  const why = reason === undefined ? "" : `: ${reason}`;
  const who = subject(event);
  switch (result) {
    case "success":
      return t.sentence.success(who, deed(event, "past"));
    case "unknown":
      return t.sentence.unknown(who, deed(event, "past"), why);
    case "failure":
      return t.sentence.failure(who, deed(event, "infinitive"), why);
    case "denied":
      return t.sentence.denied(who, deed(event, "infinitive"), why);
  }
}

function subject({ actor }: CairnEvent): string {
  const name = actorName(actor);
  const behind = actor.on_behalf_of === undefined ? "" : t.sentence.behalf(actorName(actor.on_behalf_of));
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${behind}`;
}

function deed(event: CairnEvent, tense: "past" | "infinitive"): string {
  const { verb, action } = event;
  const { verbs, on, to, of, plain, something } = t.sentence;
  const targets = objects(event);
  const word = verbs[verb][tense === "past" ? 0 : 1] ?? "";
  if (verb === "other") return targets === "" ? plain(word, action) : on(plain(word, action), targets);
  if (targets === "") return verb === "login" || verb === "logout" ? word : something(word, action);
  if (verb === "login") return to(word, targets);
  return verb === "logout" ? of(word, targets) : plain(word, targets);
}

function objects({ targets = [] }: CairnEvent): string {
  const named = targets.slice(0, NAMED_TARGETS).map(targetName);
  return t.sentence.targets(named, targets.length - named.length);
}
