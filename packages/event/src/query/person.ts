import type { Predicate } from "./ast.ts";
import type { FieldName } from "./fields.ts";
import type { Phrase } from "./phrase.ts";
import type { SubjectFactKind, SubjectPattern } from "./subjects.ts";

/** Where the people and things stand that a person field speaks of. */
export type PersonRole = "actor" | "on_behalf_of" | "target" | "subject";

/** Which of their values it compares. */
export type PersonPart = "any" | "id" | "name" | "email";

/** Takes a person field's name apart. */
export function personField(field: FieldName): { role: PersonRole; part: PersonPart } {
  const [role = "actor", part = "any"] = field.split(".");
  return { role: role as PersonRole, part: part as PersonPart };
}

/**
 * Values that a part compares as a whole, and values it searches for words. An identifier that is an e-mail address is
 * found as either.
 */
export const PERSON_PARTS: Readonly<
  Record<PersonPart, { readonly whole: readonly SubjectFactKind[]; readonly words: readonly SubjectFactKind[] }>
> = {
  any: { whole: ["id", "email"], words: ["name"] },
  id: { whole: ["id"], words: [] },
  name: { whole: [], words: ["name"] },
  email: { whole: ["email", "id"], words: [] },
};

/** Which people a condition on a person field means. */
export function personPattern(field: FieldName, predicate: Extract<Predicate, { op: "person" }>): SubjectPattern {
  const kinds = PERSON_PARTS[personField(field).part];
  return {
    ...(predicate.glob === undefined || kinds.whole.length === 0
      ? {}
      : { whole: { kinds: kinds.whole, glob: predicate.glob } }),
    ...(predicate.phrase === undefined || kinds.words.length === 0
      ? {}
      : { words: { kinds: kinds.words, phrase: predicate.phrase } }),
  };
}

/** Which people words in a text mean: a text that holds the marker of one of them matches. */
export function mentionPattern(phrase: Phrase): SubjectPattern {
  return { words: { kinds: ["id", "name", "email"], phrase } };
}
