import type { Random } from "@cairn/testkit";
import { historyEvents } from "./generators.ts";

/** Makes the queries of one filter; each repeat has another value. */
export type QueryMaker = (random: Random) => string;

/** The filters of the first question: each of one field, and rare and common words. */
export function filters(): Readonly<Record<string, QueryMaker>> {
  const { subjects, targets, actions, words } = historyEvents(1);
  const people = subjects.filter(({ name }) => !name.includes('"'));
  const patients = targets.filter(({ type }) => type === "patient");
  const documents = targets.filter(({ type }) => type === "document");
  const byWeight = [...actions].sort((a, b) => b.weight - a.weight);
  return {
    everything: () => "",
    action: (random) => `action:${random.pick(actions).action}`,
    "action, most frequent": () => `action:${byWeight[0]!.action}`,
    "action, least frequent": () => `action:${byWeight.at(-1)!.action}`,
    "action, wildcard": () => "action:patient.record.*",
    category: (random) => `category:${random.pick(actions).category}`,
    verb: (random) => `verb:${random.pick(["read", "update", "delete", "login", "export"])}`,
    outcome: (random) => `outcome:${random.pick(["failure", "denied", "success"])}`,
    "actor by e-mail": (random) => `actor:${random.pick(people).email}`,
    "actor by id": (random) => `actor.id:${random.pick(people).id}`,
    "actor by name": (random) => `actor.name:"${random.pick(people).name}"`,
    "actor, busiest": () => `actor:${people[0]!.email}`,
    role: (random) => `role:${random.pick(people).role}`,
    "target by id": (random) => `target.id:${random.pick(documents).id}`,
    "target type": (random) => `target.type:${random.pick(["patient", "setting", "document"])}`,
    patient: (random) => `target.id:${random.pick(patients).id}`,
    ip: (random) => `ip:${random.pick(people).ips[0]}`,
    "ip range": () => "ip:203.0.113.0/26",
    "user agent": () => "user_agent:Safari",
    "details, word": (random) => `details.section:${random.pick(["labs", "imaging", "consent"])}`,
    "details, number": (random) => `details.bytes:>${3_900_000 + random.below(90_000)}`,
    "details, one number": (random) => `details.bytes:${random.below(4_000_000)}`,
    "changed field": () => "changes.field:limit",
    "common word": () => "record",
    "word of middling frequency": (random) => words.common[500 + random.below(500)]!,
    "rare word": (random) => random.pick(words.rare),
    "word that is nowhere": (random) => `qqz${random.below(1e6)}`,
  };
}

/** The fields whose values are counted. */
export const FACETS = "action,category,outcome,actor.role,target.type";
