import { CairnError, type Identifier, parseTime } from "@cairn/event";
import type { Saying } from "../../subjects/say.ts";
import { readCsv } from "./csv.ts";
import { type Said, UPLOAD_SUBJECTS, type Upload } from "./schema.ts";

const COLUMNS = ["namespace", "value", "name", "groups", "identifiers", "at"] as const;
/** Several values stand in one cell of a CSV file. */
const SEPARATOR = ";";

/** What a body says of one person, named by an identifier or by reference. @throws CairnError parameter_invalid */
export function sayingOf(person: Identifier | { readonly ref: string }, said: Said, nowMs: number): Saying {
  const fromMs = said.at === undefined ? nowMs : timeOf(said.at);
  if (fromMs > nowMs) throw new CairnError("parameter_invalid", "at: what is to come cannot be said yet");
  const { name, groups, identifiers: others = [] } = said;
  return "ref" in person
    ? { ref: person.ref, identifiers: others, name, groups, fromMs }
    : { identifiers: [{ namespace: person.namespace, value: person.value }, ...others], name, groups, fromMs };
}

function timeOf(at: string): number {
  try {
    return parseTime(at, "");
  } catch (cause) {
    throw new CairnError("parameter_invalid", `at: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads a CSV upload: columns `namespace`, `value`, and `name`, `groups`, `identifiers` (`namespace:value`), `at` as far as
 * they are there. An empty cell says nothing.
 * @throws CairnError body_invalid
 */
export function uploadOfCsv(text: string): Upload["subjects"] {
  const rows = readCsv(text);
  if (rows.length > UPLOAD_SUBJECTS)
    throw new CairnError("body_invalid", `there are more than ${UPLOAD_SUBJECTS} people in one upload`);
  return rows.map((row, i) => {
    const unknown = Object.keys(row).find((name) => !(COLUMNS as readonly string[]).includes(name));
    if (unknown !== undefined) throw new CairnError("body_invalid", `the column ${unknown.slice(0, 40)} is not known`);
    const { namespace, value, name, groups, identifiers, at } = row;
    if (namespace === undefined || value === undefined)
      throw new CairnError("body_invalid", `row ${i + 2}: namespace or value is missing`);
    return {
      namespace,
      value,
      ...(name === undefined ? {} : { name }),
      ...(groups === undefined ? {} : { groups: partsOf(groups) }),
      ...(identifiers === undefined ? {} : { identifiers: partsOf(identifiers).map(identifierIn) }),
      ...(at === undefined ? {} : { at }),
    };
  });
}

function partsOf(cell: string): string[] {
  return cell
    .split(SEPARATOR)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function identifierIn(text: string): Identifier {
  const [, namespace, value] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (namespace === undefined || value === undefined)
    throw new CairnError("body_invalid", "identifiers: each is written `namespace:value`");
  return { namespace, value };
}
