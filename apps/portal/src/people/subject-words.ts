import { t } from "../texts/texts.ts";
import type { SubjectIdentifier, SubjectLine } from "./subject-answers.ts";

/** Further ones are counted: an address or two tell who somebody is. */
const SHOWN_IDENTIFIERS = 3;

/** What somebody is called in a list: the best name there is. */
export function subjectName({ ref, name, identifiers }: Pick<SubjectLine, "ref" | "name" | "identifiers">): string {
  return name ?? identifiers[0]?.value ?? t.person(ref);
}

/** What somebody is known by, in a line. */
export function identifierLine(identifiers: readonly SubjectIdentifier[]): string {
  const shown = identifiers.slice(0, SHOWN_IDENTIFIERS).map(({ value }) => value);
  const more = identifiers.length - shown.length;
  return more > 0 ? t.people.andMore(shown.join(", "), more) : shown.join(", ");
}
