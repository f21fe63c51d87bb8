import type { SplitEvent, SubjectFactKind } from "@cairn/event";

/** Something known of a person, to be put into the table `subjects`. */
export interface SubjectFactRow {
  readonly tenantNo: number;
  readonly ref: string;
  readonly kind: SubjectFactKind;
  /** As the producer wrote it. */
  readonly value: string;
  /** When it was last seen, Unix milliseconds. */
  readonly seenMs: number;
}

/** Collects what the events of a block say about people, each fact once. */
export class SubjectFacts {
  private readonly byTenant = new Map<number, Map<string, Facts>>();

  add(tenantNo: number, split: SplitEvent, seenMs: number): void {
    for (const part of split.parts) {
      const { fields } = part;
      for (const pointer in fields) {
        const kind = factKind(pointer);
        if (kind === undefined) continue;
        const value = fields[pointer];
        if (typeof value === "string") this.factsOf(tenantNo, part.ref)[kind].set(value, seenMs);
      }
    }
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

  rows(): SubjectFactRow[] {
    const rows: SubjectFactRow[] = [];
    for (const [tenantNo, tenant] of this.byTenant) {
      for (const [ref, facts] of tenant) {
        for (const kind of ["id", "name", "email"] as const) {
          for (const [value, seenMs] of facts[kind]) rows.push({ tenantNo, ref, kind, value, seenMs });
        }
      }
    }
    return rows;
  }
}

type Facts = Readonly<Record<SubjectFactKind, Map<string, number>>>;

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
