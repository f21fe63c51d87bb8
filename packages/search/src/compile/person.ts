import { type FieldName, type Glob, literalOf, PERSON_PARTS, type Predicate, personField, toWords } from "@cairn/event";
import type { ColumnName } from "../schema/columns.ts";
import { columnSql } from "./columns.ts";
import { matchKept, matchPlain } from "./glob.ts";
import type { Params } from "./params.ts";
import { isAnybody, isOneOf, mentionHint, type People, REFERENCE_COLUMNS } from "./people.ts";
import { allOf, anyOf } from "./sql.ts";
import { holdsPhrase, wordsHint } from "./words.ts";

/** The columns of an acting or acted-for principal. */
const PRINCIPALS = {
  actor: { ref: "actor_ref", id: "actor_id", name: "actor_name", email: "actor_email" },
  on_behalf_of: { ref: "behalf_ref", id: "behalf_id", name: "behalf_name", email: "behalf_email" },
} as const satisfies Record<string, Record<string, ColumnName>>;

type PersonPredicate = Extract<Predicate, { op: "person" }>;

/** A condition on a person field: people by reference, everything else by the values it carries. */
export function personCondition(field: FieldName, predicate: PersonPredicate, people: People, params: Params): string {
  const { role, part } = personField(field);
  switch (role) {
    case "subject":
      return isAnybody(people) ? anybodyOf(people, params) : "0";
    case "target":
      return anyOf(targetWays(part === "any", PERSON_PARTS[part], predicate, people, params));
    case "actor":
    case "on_behalf_of":
      return anyOf(principalWays(PRINCIPALS[role], PERSON_PARTS[part], predicate, people, params));
  }
}

/** Some person of the event, in any role or mentioned, is one of the people. */
export function anybodyOf(people: People, params: Params): string {
  const hint = mentionHint(people, params);
  // The index holds every reference of an event, each as one word, so its answer is exact.
  if (hint !== undefined) return hint;
  return anyOf(
    REFERENCE_COLUMNS.map(({ column, isArray }) =>
      isArray
        ? `arrayExists(ref -> ${isOneOf("ref", people, params)}, ${columnSql(column)})`
        : isOneOf(column, people, params),
    ),
  );
}

type Kinds = (typeof PERSON_PARTS)[keyof typeof PERSON_PARTS];

function principalWays(
  columns: (typeof PRINCIPALS)[keyof typeof PRINCIPALS],
  kinds: Kinds,
  { glob, phrase }: PersonPredicate,
  people: People,
  params: Params,
): string[] {
  const ways: string[] = [];
  if (isAnybody(people)) ways.push(allOf([mentionHint(people, params), isOneOf(columns.ref, people, params)]));
  if (glob !== undefined) {
    for (const kind of kinds.whole) ways.push(allOf([wholeHint(glob, params), matchKept(columns[kind], glob, params)]));
  }
  if (phrase !== undefined) {
    for (const kind of kinds.words) {
      ways.push(allOf([wordsHint(phrase, params), holdsPhrase(columns[kind], phrase, params)]));
    }
  }
  return ways;
}

function targetWays(
  takesType: boolean,
  kinds: Kinds,
  { glob, phrase }: PersonPredicate,
  people: People,
  params: Params,
): string[] {
  const ways: string[] = [];
  if (isAnybody(people)) ways.push(targetIsOneOf(people, params));
  if (glob !== undefined) {
    if (kinds.whole.includes("id")) ways.push(targetIdHolds(glob, params));
    if (takesType) ways.push(allOf([wholeHint(glob, params), arrayHolds("target.type", glob, params)]));
  }
  if (phrase !== undefined && kinds.words.includes("name")) {
    ways.push(
      allOf([
        wordsHint(phrase, params),
        `arrayExists(name -> ${holdsPhrase("name", phrase, params)}, \`target.name\`)`,
      ]),
    );
  }
  return ways;
}

/** Some target is one of the people: answered by the index over targets alone, unless there are too many. */
function targetIsOneOf(people: People, params: Params): string {
  if (people.kind === "listed") return `hasAnyTokens(target_keys, ${params.strings(people.refs)})`;
  return `arrayExists(ref -> ${isOneOf("ref", people, params)}, \`target.ref\`)`;
}

/** Some target has such an identifier. The index over targets holds references too, but none looks like a folded text. */
function targetIdHolds(glob: Glob, params: Params): string {
  const literal = literalOf(glob);
  return literal === undefined
    ? arrayHolds("target.id", glob, params)
    : `hasAnyTokens(target_keys, ${params.strings([literal])})`;
}

/** Some element of an array of folded texts matches as a whole. */
export function arrayHolds(column: ColumnName, glob: Glob, params: Params): string {
  const literal = literalOf(glob);
  if (literal !== undefined) return `has(${columnSql(column)}, ${params.string(literal)})`;
  return `arrayExists(value -> ${matchPlain("value", glob, params)}, ${columnSql(column)})`;
}

/** What the text index can say of a value that is compared as a whole: its words are there. */
export function wholeHint(glob: Glob, params: Params): string | undefined {
  const literal = literalOf(glob);
  const words = literal === undefined ? "" : toWords(literal).trim();
  return words === "" ? undefined : `hasAllTokens(words, ${params.strings(words.split(" "))})`;
}

/** Somebody, or something with such a value, stands in the role. */
export function personExists(field: FieldName): string {
  const { role, part } = personField(field);
  const kinds = PERSON_PARTS[part];
  const notEmpty = (column: ColumnName, isArray: boolean) =>
    isArray ? `arrayExists(value -> value != '', ${columnSql(column)})` : `${column} != ''`;
  switch (role) {
    case "subject":
      return anyOf(REFERENCE_COLUMNS.map(({ column, isArray }) => notEmpty(column, isArray)));
    case "target": {
      if (part === "any") return "notEmpty(`target.type`)";
      const columns: ColumnName[] = ["target.ref"];
      if (kinds.whole.includes("id")) columns.push("target.id");
      if (kinds.words.includes("name")) columns.push("target.name");
      return anyOf(columns.map((column) => notEmpty(column, true)));
    }
    case "actor":
    case "on_behalf_of": {
      const columns = PRINCIPALS[role];
      const named = [...kinds.whole, ...kinds.words].map((kind) => columns[kind]);
      return anyOf([columns.ref, ...named].map((column) => notEmpty(column, false)));
    }
  }
}
