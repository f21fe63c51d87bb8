import {
  type CairnEvent,
  DEFAULT_PERSON_TARGET_TYPES,
  decodePart,
  findPeople,
  JOINT_REF,
  type PersonMention,
  pointerTokens,
  rebuildCore,
} from "@cairn/event";
import type { DirectoryIdentifier, Keyring } from "../crypto/keyring.ts";
import { monthIdentifier } from "../directory/people-cache.ts";
import type { StoredEvent } from "../read/stored-event.ts";
import { type OpenedEvent, textAt } from "./commitment-check.ts";
import type { FindingPlace, Findings } from "./finding.ts";

/** People whose look-ups are remembered: about 200 bytes each. */
const MAX_REMEMBERED = 100_000;

/** Checks that everybody an event speaks of is found in the directory under the reference that the event has for them. */
export class PeopleCheck {
  private known = new Map<string, string | undefined>();
  private readonly tenantNo: number;
  private readonly keyring: Keyring;
  private readonly findings: Findings;

  constructor(parts: { readonly tenantNo: number; readonly keyring: Keyring; readonly findings: Findings }) {
    this.tenantNo = parts.tenantNo;
    this.keyring = parts.keyring;
    this.findings = parts.findings;
  }

  add({ event, place }: OpenedEvent): void {
    if (event.parts.length === 0) return;
    const where = { ...place, sequence: event.sequence };
    try {
      this.checkReferences(event, where);
      const { people, refOf } = mentionsOf(event);
      for (const person of people) {
        const ref = refOf(person);
        if (ref !== undefined) this.checkPerson(ref, person.identifiers, where);
      }
      this.checkMonth(event, where);
    } catch (error) {
      const message = `what the event says of its people cannot be read: ${(error as Error).message}`;
      this.findings.add("person_altered", where, message);
    }
  }

  /** A reference must be somebody's, erased or not: a row that is gone altogether is no erasure. */
  private checkReferences(event: StoredEvent, place: FindingPlace): void {
    for (const { refs } of event.parts) {
      for (const ref of refs) {
        if (this.remember(`ref\0${ref}`, () => this.keyring.subjectState(this.tenantNo, ref)) !== "missing") continue;
        this.findings.add("subject_missing", place, `keys.db does not know ${ref}, of whom the event speaks`);
      }
    }
  }

  private checkPerson(ref: string, identifiers: readonly DirectoryIdentifier[], place: FindingPlace): void {
    for (const [i, identifier] of identifiers.entries()) {
      const owner = this.find(identifier);
      const isOwn = owner === ref || (i > 0 && owner !== undefined);
      if (isOwn || this.keyring.subjectState(this.tenantNo, ref) === "erased") continue;
      // The first known identifier decides who somebody is; the others may be another's.
      if (owner === undefined)
        this.findings.add("identifier_missing", place, `the directory has not the ${identifier.namespace} of ${ref}`);
      else
        this.findings.add(
          "identifier_wrong",
          place,
          `the directory gives the ${identifier.namespace} of ${ref} to ${owner}`,
        );
    }
  }

  private checkMonth(event: StoredEvent, place: FindingPlace): void {
    const month = event.parts.find(({ refs }) => refs.length === 1 && refs[0]!.startsWith("mon_"));
    if (month === undefined) return;
    this.checkPerson(month.refs[0]!, [monthIdentifier(textAt(event, "/occurred_at"))], place);
  }

  private find(identifier: DirectoryIdentifier): string | undefined {
    return this.remember(`id\0${identifier.namespace}\0${identifier.value}`, () =>
      this.keyring.findSubject(this.tenantNo, identifier),
    );
  }

  private remember(key: string, look: () => string | undefined): string | undefined {
    let found = this.known.get(key);
    if (found === undefined) {
      found = look();
      if (this.known.size >= MAX_REMEMBERED) this.known = new Map();
      this.known.set(key, found);
    }
    return found;
  }
}

interface Mentions {
  readonly people: readonly PersonMention[];
  readonly refOf: (person: PersonMention) => string | undefined;
}

/** Finds the people of an event again, from what can be read of it. */
function mentionsOf(event: StoredEvent): Mentions {
  const units = event.paths.flatMap((path, i): [string, string][] =>
    path.startsWith("/actor") || path.startsWith("/targets") ? [[path, event.values[i]!]] : [],
  );
  const core: CairnEvent = rebuildCore(units);
  const refs = new Map<string, string>();
  const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);
  if (core.actor.ref !== undefined) refs.set("/actor", core.actor.ref);
  if (core.actor.on_behalf_of?.ref !== undefined) refs.set("/actor/on_behalf_of", core.actor.on_behalf_of.ref);
  for (const [i, target] of (core.targets ?? []).entries()) {
    if (target.ref === undefined) continue;
    refs.set(`/targets/${i}`, target.ref);
    // The tenant's types of people may have changed since: whoever has a reference was one.
    personTypes.add(target.type);
  }
  for (const part of event.parts) {
    if (part.value === undefined) continue;
    const { fields } = decodePart(part.refs.length === 1 ? part.refs[0]! : JOINT_REF, part.value);
    for (const pointer in fields)
      if (pointer.startsWith("/actor") || pointer.startsWith("/targets")) put(core, pointer, fields[pointer]);
  }
  return { people: findPeople(core, personTypes), refOf: (person) => refs.get(person.pointer) };
}

/** Sets a member whose parents exist. */
function put(root: object, pointer: string, value: unknown): void {
  const tokens = pointerTokens(pointer);
  const last = tokens.pop()!;
  let parent = root as Record<string, unknown>;
  for (const token of tokens) parent = parent[token] as Record<string, unknown>;
  parent[last] = value;
}
