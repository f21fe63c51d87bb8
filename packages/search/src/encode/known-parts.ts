import { decodePart, placeOf, type SubjectPart } from "@cairn/event";
import { addressBytes } from "./addresses.ts";
import type { EventPart } from "./event-columns.ts";
import { noteSeen, type SeenFact, type SubjectFacts } from "./subject-facts.ts";

/** What the index takes from a person's unit. */
export interface KnownPart {
  readonly ip: Uint8Array | undefined;
  readonly userAgent: string | undefined;
  readonly location: string | undefined;
  /** What it says about the person, as the block under way has it; made when the block first meets it. */
  seen: readonly SeenFact[];
  /** The block for which `seen` was made. */
  block: number;
  readonly part: SubjectPart;
}

/** Units remembered, in characters of their text: people come back with the same address and agent all day. */
const REMEMBERED_CHARS = 8 * 1024 * 1024;
/** What a unit takes beside its text. */
const UNIT_CHARS = 500;
const NEVER = -1;
const QUOTE = 0x22;
const FIELDS = Buffer.from('],"fields":{');

/** Reads units of people, each different one once. */
export class KnownParts {
  private byTenant = new Map<number, Map<string, Map<string, KnownPart>>>();
  private chars = 0;
  private block = 0;

  /** Forgets what it read: it holds addresses and names. */
  forget(): void {
    this.byTenant.clear();
    this.chars = 0;
  }

  /** Begins a block: facts are counted anew. */
  startBlock(): void {
    this.block++;
  }

  /** Gives what a unit says and notes the facts in it. */
  read(
    part: EventPart,
    about: { readonly tenantNo: number; readonly seenMs: number; readonly facts: SubjectFacts },
  ): KnownPart {
    const known = this.find(about.tenantNo, part);
    if (known.block !== this.block) {
      known.seen = about.facts.of(about.tenantNo, known.part);
      known.block = this.block;
    }
    for (const fact of known.seen) noteSeen(fact, about.seenMs);
    return known;
  }

  private find(tenantNo: number, { ref, bytes, start, end }: EventPart): KnownPart {
    const text = bytes.toString("latin1", fieldsStart(bytes, start, end), end);
    const byText = childOf(childOf(this.byTenant, tenantNo), ref);
    let known = byText.get(text);
    if (known !== undefined) return known;
    known = knownPart(decodePart(ref, bytes.toString("utf8", start, end)));
    this.chars += text.length + UNIT_CHARS;
    if (this.chars > REMEMBERED_CHARS) {
      this.forget();
      return known;
    }
    byText.set(text, known);
    return known;
  }
}

function childOf<Key, ChildKey, Value>(map: Map<Key, Map<ChildKey, Value>>, key: Key): Map<ChildKey, Value> {
  let child = map.get(key);
  if (child === undefined) {
    child = new Map();
    map.set(key, child);
  }
  return child;
}

/**
 * Where the fields of a unit's text begin. The cuts in front of them differ from event to event and say nothing to the
 * index; within a JSON text no quote stands bare, so the sign between the two is found nowhere else.
 */
function fieldsStart(bytes: Buffer, start: number, end: number): number {
  // `{"fields":…` or `{"cuts":…`
  if (bytes[start + 1] === QUOTE && bytes[start + 2] === 0x66) return start;
  const at = bytes.subarray(start, end).indexOf(FIELDS);
  return at === -1 ? start : start + at;
}

function knownPart(part: SubjectPart): KnownPart {
  const alone = { core: NO_CONTEXT, parts: [part] };
  const ip = placeOf(alone, "ip");
  return {
    ip: ip === undefined ? undefined : addressBytes(ip),
    userAgent: placeOf(alone, "user_agent"),
    location: placeOf(alone, "location"),
    seen: [],
    block: NEVER,
    part,
  };
}

/** An event of which only the parts are asked. */
const NO_CONTEXT = {} as Parameters<typeof placeOf>[0]["core"];
