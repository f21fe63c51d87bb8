import type { SubjectFact } from "@cairn/ledger";
import { type IndexDatabase, type SamePersonRow, upsertSamePeople, upsertSubjects } from "@cairn/search";
import { factRow } from "./fact-rows.ts";

/** Statements read and written at a time. */
const PAGE_FACTS = 5_000;

/** Where statements about people are. */
export interface SaidStore {
  of(tenantNo: number, ref: string): readonly SubjectFact[];
  sameAs(tenantNo: number, ref: string): readonly string[];
  page(after: string, limit: number): { readonly facts: readonly SubjectFact[]; readonly last: string | undefined };
}

/** People about whom something was said, as one thread tells another. */
export interface SaidAbout {
  readonly tenantNo: number;
  readonly refs: readonly string[];
}

/** Writes everything that was said about people into an index; what is there already stays one. */
export async function writeAllSaid(index: IndexDatabase, said: SaidStore): Promise<void> {
  let after = "";
  for (;;) {
    const { facts, last } = said.page(after, PAGE_FACTS);
    await writeFacts([index], said, facts);
    if (last === undefined) return;
    after = last;
  }
}

async function writeFacts(
  indexes: readonly IndexDatabase[],
  said: SaidStore,
  facts: readonly SubjectFact[],
): Promise<void> {
  const rows = facts.flatMap((fact) => factRow(fact) ?? []);
  const same = facts.filter(({ statement }) => statement.kind === "same").map((fact) => sameRow(said, fact));
  for (const index of indexes) {
    await upsertSubjects(index, rows);
    await upsertSamePeople(index, same);
  }
}

/** Which person a reference stands for now. */
function sameRow(said: SaidStore, { tenantNo, ref, fromMs }: SubjectFact): SamePersonRow {
  const others = said.sameAs(tenantNo, ref);
  const person = others.length === 0 ? undefined : [ref, ...others].toSorted()[0];
  return { tenantNo, ref, person, saidMs: fromMs };
}

/** What was said about people and is on its way into the index. What a crash leaves here is written at the next start. */
export class SaidQueue {
  private readonly said: SaidStore;
  private waiting = new Map<string, { readonly tenantNo: number; readonly ref: string }>();

  constructor(said: SaidStore) {
    this.said = said;
  }

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** Something was said about these people. */
  add({ tenantNo, refs }: SaidAbout): void {
    for (const ref of refs) this.waiting.set(`${tenantNo}/${ref}`, { tenantNo, ref });
  }

  /** Writes what waits into every index that is kept; what could not be written waits on. */
  async write(indexes: readonly IndexDatabase[]): Promise<void> {
    if (this.waiting.size === 0) return;
    const taken = this.waiting;
    this.waiting = new Map();
    try {
      const facts = [...taken.values()].flatMap(({ tenantNo, ref }) => this.said.of(tenantNo, ref));
      await writeFacts(indexes, this.said, facts);
    } catch (error) {
      this.waiting = new Map([...taken, ...this.waiting]);
      throw error;
    }
  }
}
