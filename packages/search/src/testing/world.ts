import { EventView, type Observed, type ResolveSubjects } from "@cairn/event";
import type { IndexDatabase } from "../database/index-database.ts";
import { type IndexInput, RowEncoder } from "../encode/rows.ts";
import { TABLES } from "../schema/tables.ts";
import { upsertSamePeople } from "../subjects/same.ts";
import { upsertSubjects } from "../subjects/store.ts";
import { memoryDirectory, observedOf, toIndexInputs } from "./random-events.ts";

/** The same events in the index and in memory. */
export interface World {
  readonly tenantNo: number;
  readonly inputs: readonly IndexInput[];
  readonly observed: readonly Observed[];
  readonly views: readonly EventView[];
  readonly directory: ResolveSubjects;
}

/** Puts events, as producers send them, into the index and into memory; `same` says of their people who is one person. */
export async function makeWorld(
  index: IndexDatabase,
  options: {
    tenantNo: number;
    inputs: readonly unknown[];
    same?: (refs: readonly string[]) => readonly (readonly string[])[];
  },
): Promise<World> {
  const { tenantNo } = options;
  const inputs = toIndexInputs(options.inputs, { tenantNo });
  const { block, facts } = new RowEncoder().encode(inputs);
  await upsertSubjects(index, facts);
  const same = options.same?.([...new Set(facts.map(({ ref }) => ref))]) ?? [];
  const saidMs = Date.UTC(2026, 0, 1);
  await upsertSamePeople(
    index,
    same.flatMap((refs) => refs.map((ref) => ({ tenantNo, ref, person: refs[0], saidMs }))),
  );
  await index.insert({ table: TABLES.events, block });
  const observed = inputs.map(observedOf);
  return {
    tenantNo,
    inputs,
    observed,
    views: observed.map((each) => new EventView(each)),
    directory: memoryDirectory(facts, { same }),
  };
}
