import type { Keyring } from "../crypto/keyring.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";

/** What somebody said about a person, beside what events say. */
export type SubjectStatement =
  | { readonly kind: "name"; readonly name: string }
  /** All groups that the person is in from then on. */
  | { readonly kind: "groups"; readonly groups: readonly string[] }
  /** One more identifier, as it was written. */
  | { readonly kind: "identifier"; readonly namespace: string; readonly value: string }
  /** All other references of the same person; none: a person by themselves again. */
  | { readonly kind: "same"; readonly refs: readonly string[] };

/** A statement about a person, and from when on it holds. */
export interface SubjectFact {
  /** `fct_` and a UUID of version 7: of two that hold from the same moment the later one counts. */
  readonly id: string;
  readonly tenantNo: number;
  /** The person, `sub_…`. */
  readonly ref: string;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly statement: SubjectStatement;
}

interface Row {
  id: string;
  tenant_no: number;
  ref: string;
  from_at: number;
  sealed: Uint8Array;
}

const OLDEST_FIRST = "ORDER BY from_at, id";

/** Statements about people, each sealed under its person's own key: with the key they are gone. */
export class SubjectFacts {
  private readonly db: Database;
  private readonly keyring: Keyring;

  constructor(db: Database, keyring: Keyring) {
    this.db = db;
    this.keyring = keyring;
  }

  /** What is said about a person, oldest first; nothing once the person is forgotten. */
  of(tenantNo: number, ref: string): SubjectFact[] {
    return this.db
      .all<Row>(`SELECT * FROM subject_facts WHERE tenant_no = ? AND ref = ? ${OLDEST_FIRST}`, tenantNo, ref)
      .flatMap((row) => this.open(row) ?? []);
  }

  /**
   * All other references of the same person, as far as either says so of the other: whoever is forgotten is nobody's any
   * more.
   */
  sameAs(tenantNo: number, ref: string): string[] {
    return this.saidSame(tenantNo, ref).filter((other) => this.saidSame(tenantNo, other).includes(ref));
  }

  private saidSame(tenantNo: number, ref: string): readonly string[] {
    const last = this.of(tenantNo, ref).findLast(({ statement }) => statement.kind === "same")?.statement;
    return last?.kind === "same" ? last.refs : [];
  }

  /** Some of everything that is said about anybody, from behind an id, in order of ids; forgotten people are left out. */
  page(after: string, limit: number): { readonly facts: SubjectFact[]; readonly last: string | undefined } {
    const rows = this.db.all<Row>("SELECT * FROM subject_facts WHERE id > ? ORDER BY id LIMIT ?", after, limit);
    return { facts: rows.flatMap((row) => this.open(row) ?? []), last: rows.at(-1)?.id };
  }

  /** Everything that is said about anybody of a tenant, oldest first. */
  *ofTenant(tenantNo: number): Iterable<SubjectFact> {
    for (const row of this.db.iterate<Row>(
      `SELECT * FROM subject_facts WHERE tenant_no = ? ${OLDEST_FIRST}`,
      tenantNo,
    )) {
      const fact = this.open(row);
      if (fact !== undefined) yield fact;
    }
  }

  /** Changes whenever something was said about anybody of a tenant. */
  stateOf(tenantNo: number): string {
    const row = this.db.get<{ count: number; last: string | null }>(
      "SELECT count(*) AS count, max(id) AS last FROM subject_facts WHERE tenant_no = ?",
      tenantNo,
    );
    return `${row?.count}/${row?.last}`;
  }

  /** Writes a statement down; false when the person is forgotten. */
  put({ id, tenantNo, ref, fromMs, statement }: SubjectFact): boolean {
    const key = this.keyring.subjectKey(tenantNo, ref);
    if (key === undefined) return false;
    const sealed = seal(key, Buffer.from(JSON.stringify(statement)), contextOf({ id, tenantNo, ref }));
    this.db.run("INSERT INTO subject_facts VALUES (?, ?, ?, ?, ?)", id, tenantNo, ref, fromMs, sealed);
    return true;
  }

  /** One row that was altered must not keep the index from all others: it is left out, and fsck names it. */
  private open({ id, tenant_no: tenantNo, ref, from_at: fromMs, sealed }: Row): SubjectFact | undefined {
    try {
      const key = this.keyring.subjectKey(tenantNo, ref);
      if (key === undefined) return undefined;
      const text = unseal(key, sealed, contextOf({ id, tenantNo, ref })).toString("utf8");
      return { id, tenantNo, ref, fromMs, statement: JSON.parse(text) as SubjectStatement };
    } catch (error) {
      if (error instanceof LedgerError && error.code === "corrupt") return undefined;
      throw error;
    }
  }
}

function contextOf({ id, tenantNo, ref }: Pick<SubjectFact, "id" | "tenantNo" | "ref">): Uint8Array {
  return Buffer.from(`cairn/v1/subject-fact\n${tenantNo}\n${ref}\n${id}`);
}
