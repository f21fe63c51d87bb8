import { CairnError, findPeople, type Identifier } from "@cairn/event";

/** Namespaces that are the ledger's own. */
const RESERVED: ReadonlySet<string> = new Set(["month"]);

/**
 * Writes an identifier as the door of events does, so that both mean one person: addresses in lower case, phone numbers
 * without spaces, either in a namespace of its own.
 * @throws CairnError parameter_invalid
 */
export function identifierOf({ namespace, value }: Identifier): Identifier {
  const target = { type: namespace, id: value.trim() };
  const event = { action: "directory", actor: { type: "system" }, targets: [target] } as never;
  const [person] = findPeople(event, new Set([namespace]));
  const [identifier] = person?.identifiers ?? [];
  if (identifier === undefined || target.id === "" || RESERVED.has(identifier.namespace))
    throw new CairnError("parameter_invalid", `${namespace.slice(0, 40)}: no identifier of a person`);
  return identifier;
}
