import type { SplitEvent, SubjectFactKind, SubjectPart } from "@cairn/event";

/** Something known of a person, to be put into the table `subjects`. */
export interface SubjectFactRow {
  readonly tenantNo: number;
  readonly ref: string;
  readonly kind: SubjectFactKind;
  /** As the producer wrote it. */
  readonly value: string;
  /** When it was first seen, Unix milliseconds. */
  readonly firstMs: number;
  /** When it was last seen, Unix milliseconds. */
  readonly seenMs: number;
}

/** A fact while its block is written: what is seen again only gets a later time. */
export type SeenFact = { -readonly [K in keyof SubjectFactRow]: SubjectFactRow[K] };

/** Collects what the events of a block say about people, each fact once. */
export class SubjectFacts {
  private readonly byTenant = new Map<number, Map<string, Facts>>();
  private readonly all: SeenFact[] = [];

  add(tenantNo: number, split: SplitEvent, seenMs: number): void {
    for (const part of split.parts) {
      for (const fact of this.of(tenantNo, part)) noteSeen(fact, seenMs);
    }
  }

  /** The facts in a person's part; the caller tells them when they were seen. */
  of(tenantNo: number, { ref, fields }: SubjectPart): SeenFact[] {
    const found: SeenFact[] = [];
    for (const pointer in fields) {
      const kind = factKind(pointer);
      if (kind === undefined) continue;
      const value = fields[pointer];
      if (typeof value === "string")
        found.push(this.fact({ tenantNo, ref, kind, value, firstMs: NEVER_YET, seenMs: 0 }));
    }
    return found;
  }

  private fact(fact: SeenFact): SeenFact {
    const byValue = this.factsOf(fact.tenantNo, fact.ref)[fact.kind];
    const known = byValue.get(fact.value);
    if (known !== undefined) return known;
    byValue.set(fact.value, fact);
    this.all.push(fact);
    return fact;
  }

  private factsOf(tenantNo: number, ref: string): Facts {
    let tenant = this.byTenant.get(tenantNo);
    if (tenant === undefined) {
      tenant = new Map();
      this.byTenant.set(tenantNo, tenant);
    }
    let facts = tenant.get(ref);
    if (facts === undefined) {
      facts = { id: new Map(), name: new Map(), email: new Map() };
      tenant.set(ref, facts);
    }
    return facts;
  }

  rows(): readonly SubjectFactRow[] {
    return this.all;
  }
}

/** Later than any time there is: no event has said it yet. */
const NEVER_YET = Number.MAX_SAFE_INTEGER;

/** Notes that a fact was seen at a time. */
export function noteSeen(fact: SeenFact, seenMs: number): void {
  if (fact.seenMs < seenMs) fact.seenMs = seenMs;
  if (fact.firstMs > seenMs) fact.firstMs = seenMs;
}

type Facts = Readonly<Record<SubjectFactKind, Map<string, SeenFact>>>;

const PERSON_POINTER = /^\/(?:actor|actor\/on_behalf_of|targets\/\d+)\/(id|name|email)$/;
const kinds = new Map<string, SubjectFactKind | undefined>();
/** Pointers come from the model and from producers' keys; the latter must not fill memory. */
const REMEMBERED_POINTERS = 10_000;

/** Tells what a field of a person's part says of the person. */
function factKind(pointer: string): SubjectFactKind | undefined {
  if (kinds.has(pointer)) return kinds.get(pointer);
  const kind = PERSON_POINTER.exec(pointer)?.[1] as SubjectFactKind | undefined;
  if (kinds.size >= REMEMBERED_POINTERS) kinds.clear();
  kinds.set(pointer, kind);
  return kind;
}
