import {
  CompiledEvent,
  DEFAULT_PERSON_TARGET_TYPES,
  findPeople,
  type PersonMention,
  parseBatch,
  splitEvent,
} from "@cairn/event";
import { acceptEvent, EventCompiler } from "@cairn/event/door";
import { commitUnit, createHashKernel, encodeUnit, eventRoot, SALT_LENGTH } from "@cairn/merkle";
import { createEventGenerator } from "@cairn/testkit";
import { expect, test } from "vitest";
import { decodeBlock } from "../block/block.ts";
import { decodeJournalBody } from "../block/journal-body.ts";
import { saltStream } from "../crypto/salts.ts";
import { unpackBody } from "../crypto/zstd.ts";
import { type PreparableEvent, type PreparedBatch, prepareBatch, prepareBatches } from "./prepare-batch.ts";

const ORIGIN = "cairn.example/1/2";
const PERSON_TYPES = new Set(DEFAULT_PERSON_TARGET_TYPES);
const MONTH = "mon_0000000000000000";
const options = {
  tenantNo: 1,
  origin: ORIGIN,
  fingerprintKey: new Uint8Array(32).fill(3),
  kernel: createHashKernel(),
};

const refs = new Map<string, string>();

function resolve({ identifiers }: Pick<PersonMention, "identifiers">): string {
  const key = JSON.stringify(identifiers[0]);
  const ref = refs.get(key) ?? `sub_${refs.size.toString(32).padStart(16, "0")}`;
  refs.set(key, ref);
  return ref;
}

/** Compiles a body and takes every event of it apart too. */
function bothWays(compiler: EventCompiler, body: Uint8Array) {
  const compiled = compiler.compile(body, { tenantNo: 1, tenant: "t", origin: ORIGIN, defaultSource: "api" });
  if (compiled === undefined) throw new Error("the body is not of the plain kind");
  return Array.from({ length: compiled.count }, (_, i) => {
    const [item] = parseBatch(body.subarray(compiled.start(i), compiled.end(i)), "json");
    if (item?.kind !== "value") throw new Error("the event cannot be read");
    const door = { nowMs: 0, defaultSource: "api", describeAction: () => undefined };
    const { event } = acceptEvent(item.value, door);
    const whole = { ...event, id: event.id! };
    const people = findPeople(whole, PERSON_TYPES);
    const split = splitEvent(whole, people, { resolve, monthRef: MONTH, personalPointers: [] });
    const unknown = compiled.unknown(i);
    if (!compiled.isCompiled(i) && unknown !== undefined) {
      compiler.learn(unknown, body.subarray(unknown.start, unknown.end), {
        event: whole,
        split,
        people,
        personTargetTypes: PERSON_TYPES,
        resolve,
        monthRef: MONTH,
        action: { isPlain: true },
        tenantNo: 1,
      });
    }
    return { split, compiled: compiled.isCompiled(i) ? new CompiledEvent(compiled, i) : undefined };
  });
}

/** All that a batch says, without what is random: values in their order, parts, digests. */
function contentOf({ body, fingerprints, units, count }: PreparedBatch) {
  const { core, parts } = decodeJournalBody(unpackBody(Buffer.from(body)));
  const { shapes, events } = decodeBlock(core);
  return {
    units,
    count,
    fingerprints: Buffer.from(fingerprints).toString("hex"),
    events: events.map(({ shape, values, saltStart }) => ({ paths: shapes[shape], values, saltStart })),
    parts,
  };
}

/** The event roots that the body of a batch gives, each unit hashed by itself. */
function rootsOf({ body }: PreparedBatch, origin = ORIGIN): string[] {
  const { core, parts, partSalts } = decodeJournalBody(unpackBody(Buffer.from(body)));
  const { shapes, events, seeds } = decodeBlock(core);
  return events.map(({ shape, values, seed, saltStart }, i) => {
    const own = parts.map((part, number) => ({ ...part, number })).filter(({ event }) => event === i);
    const salts = saltStream(seeds[seed]!, saltStart, values.length + 1);
    const units = [["/log", JSON.stringify(origin)], ...values.map((value, unit) => [shapes[shape]![unit]!, value])];
    const commit = (salt: Uint8Array, path: string, value: string): Uint8Array =>
      commitUnit(salt, encodeUnit(path, Buffer.from(value)));
    const commitments = [
      ...units.map(([path, value], unit) =>
        commit(salts.subarray(unit * SALT_LENGTH, (unit + 1) * SALT_LENGTH), path!, value!),
      ),
      ...own.map(({ ref, value, number }) =>
        commit(partSalts.subarray(number * SALT_LENGTH, (number + 1) * SALT_LENGTH), `/subjects/${ref}`, value),
      ),
    ];
    return Buffer.from(eventRoot(commitments)).toString("hex");
  });
}

function eventsOf(both: ReturnType<typeof bothWays>, isCompiled: (index: number) => boolean): PreparableEvent[] {
  return both.map(({ split, compiled }, i) => (isCompiled(i) && compiled !== undefined ? compiled : split));
}

test("a batch is the same whether its events were compiled, taken apart, or some of them each", () => {
  const compiler = EventCompiler.create(() => 0.5)!;
  const generator = createEventGenerator({ seed: 11, times: { kind: "live", nowMs: () => Date.UTC(2026, 2, 4) } });
  const body = generator.batch(300);
  for (let round = 0; round < 8; round++) bothWays(compiler, body);
  const both = bothWays(compiler, body);
  expect(both.every(({ compiled }) => compiled !== undefined)).toBe(true);
  const prepared = (isCompiled: (index: number) => boolean): PreparedBatch =>
    prepareBatch(eventsOf(both, isCompiled), options);
  const slow = contentOf(prepared(() => false));
  expect(contentOf(prepared(() => true))).toEqual(slow);
  const mixed = prepared((i) => i % 3 === 0);
  expect(contentOf(mixed)).toEqual(slow);
  expect(Buffer.from(mixed.eventRoots).toString("hex")).toBe(rootsOf(mixed).join(""));
});

test("batches of several tenants made together are what each would be by itself", () => {
  const compiler = EventCompiler.create(() => 0.5)!;
  const generator = createEventGenerator({ seed: 12, times: { kind: "live", nowMs: () => Date.UTC(2026, 2, 4) } });
  const all = bothWays(compiler, generator.batch(60)).map(({ split }) => split);
  // One event, a few, and enough for a body that is compressed.
  const sizes = [1, 3, 1, 40, 2];
  let at = 0;
  const tenants = sizes.map((size, i) => {
    const events = all.slice(at, at + size);
    at += size;
    return { tenantNo: i + 1, origin: `${ORIGIN}/${i}`, fingerprintKey: new Uint8Array(32).fill(i), events };
  });
  const together = prepareBatches(tenants, options.kernel);
  expect(together.map(({ tenantNo, count }) => [tenantNo, count])).toEqual(sizes.map((size, i) => [i + 1, size]));
  for (const [i, batch] of together.entries()) {
    const tenant = tenants[i]!;
    expect(contentOf(batch)).toEqual(contentOf(prepareBatch(tenant.events, { ...tenant, kernel: options.kernel })));
    expect(Buffer.from(batch.eventRoots).toString("hex")).toBe(rootsOf(batch, tenant.origin).join(""));
  }
  // No two batches share a salt seed: what one tenant discloses must say nothing of another.
  const seeds = together.flatMap(({ body }) =>
    decodeBlock(decodeJournalBody(unpackBody(Buffer.from(body))).core).seeds.map((seed) =>
      Buffer.from(seed).toString("hex"),
    ),
  );
  expect(new Set(seeds).size).toBe(seeds.length);
});
