import { arbitraryEventInput, createEventGenerator } from "@cairn/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptEvent } from "../door/accept.ts";
import { parseBatch } from "../door/parse-batch.ts";
import { CanonicalWriter } from "../json/canonical-writer.ts";
import type { CairnEvent } from "../model/event.ts";
import { DEFAULT_PERSON_TARGET_TYPES, findPeople, type PersonMention } from "../personal/people.ts";
import { splitEvent } from "../personal/split.ts";
import { flattenCore, partPath, partValue } from "../units/flatten.ts";
import type { CompiledBody } from "./compiled-body.ts";
import { EventCompiler } from "./event-compiler.ts";

const OPTIONS = { tenantNo: 7, tenant: "clinic-7", origin: "cairn.example/Ünï/abc", defaultSource: "api" };
const PERSON_TYPES = new Set(DEFAULT_PERSON_TARGET_TYPES);
const NOW_MS = Date.UTC(2026, 2, 4);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Unit {
  readonly path: string;
  readonly value: string;
}

interface Event {
  readonly units: readonly Unit[];
  readonly parts: readonly Unit[];
  readonly source: string;
  readonly category: string;
}

const refs = new Map<string, string>();

/** The same person is the same wherever the first identifier is. */
function resolve({ identifiers }: Pick<PersonMention, "identifiers">): string {
  const key = JSON.stringify(identifiers[0]);
  const known = refs.get(key) ?? `sub_${refs.size.toString(32).padStart(16, "0")}`;
  refs.set(key, known);
  return known;
}

const monthRefOf = (event: CairnEvent): string => `mon_${event.occurred_at.slice(0, 7).padStart(16, "0")}`;

function slowly(text: string) {
  const [item] = parseBatch(encoder.encode(text), "json");
  if (item?.kind !== "value") throw item?.error ?? new Error("nothing");
  const { event, tenant } = acceptEvent(item.value, {
    nowMs: NOW_MS,
    defaultSource: OPTIONS.defaultSource,
    describeAction: () => undefined,
  });
  if (tenant !== undefined && tenant !== OPTIONS.tenant) throw new Error("another tenant");
  const whole: CairnEvent = { ...event, id: event.id ?? "made" };
  const people = findPeople(whole, PERSON_TYPES);
  const split = splitEvent(whole, people, { resolve, monthRef: monthRefOf(whole), personalPointers: [] });
  return { event: whole, people, split };
}

function unitsOf({ split }: ReturnType<typeof slowly>): Event {
  const writer = new CanonicalWriter(1024);
  const text = (value: unknown): string => {
    writer.clear();
    writer.value(value);
    return decoder.decode(writer.bytes.subarray(0, writer.length));
  };
  const units: Unit[] = [{ path: "/log", value: text(OPTIONS.origin) }];
  flattenCore(split.core, (path, value) => units.push({ path: path.pointer, value: text(value) }));
  const all = split.joint === undefined ? split.parts : [...split.parts, split.joint];
  return {
    units,
    parts: all.map((part) => ({ path: partPath(part.ref), value: text(partValue(part)) })),
    source: split.core.source,
    category: split.core.category,
  };
}

function readCompiled(body: CompiledBody, index: number): Event {
  const { bytes, starts, valueStarts } = body.buffers;
  const units: Unit[] = [];
  for (let i = 0; i < body.unitCount(index); i++) {
    const unit = body.firstUnit(index) + i;
    const start = starts[unit]!;
    const valueStart = valueStarts[unit]!;
    const end = i + 1 < body.unitCount(index) ? starts[unit + 1]! : body.outEnd(index);
    expect(Array.from(bytes.subarray(start, start + 17))).toEqual([0x10, ...new Array<number>(16).fill(0)]);
    const length = bytes[start + 17]! * 256 + bytes[start + 18]!;
    expect(valueStart).toBe(start + 19 + length);
    units.push({
      path: decoder.decode(bytes.subarray(start + 19, valueStart)),
      value: decoder.decode(bytes.subarray(valueStart, end)),
    });
  }
  const core = units.length - body.partCount(index);
  expect(body.outStart(index)).toBe(starts[body.firstUnit(index)]);
  expect(["/log", ...body.pointers(index)]).toEqual(units.slice(0, core).map(({ path }) => path));
  return {
    units: units.slice(0, core),
    parts: units.slice(core),
    source: decoder.decode(bytes.subarray(body.sourceStart(index), body.sourceEnd(index))),
    category: body.category(index),
  };
}

function newCompiler(): EventCompiler {
  let state = 1;
  const compiler = EventCompiler.create(() => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
  if (compiler === undefined) throw new Error("this platform has no WebAssembly");
  return compiler;
}

/** Compiles a body again and again, teaching what was missed, until that changes nothing. */
function compileTaught(compiler: EventCompiler, text: string): CompiledBody | undefined {
  const bytes = encoder.encode(text);
  for (let round = 0; round < 40; round++) {
    const body = compiler.compile(bytes, OPTIONS);
    if (body === undefined) return undefined;
    let hasLearnt = false;
    for (let i = 0; i < body.count; i++) {
      const unknown = body.isCompiled(i) ? undefined : body.unknown(i);
      if (unknown === undefined) continue;
      const facts = outcomeOf(decoder.decode(bytes.subarray(body.start(i), body.end(i))));
      if (facts === undefined) continue;
      hasLearnt = true;
      compiler.learn(unknown, bytes.subarray(unknown.start, unknown.end), {
        ...facts,
        tenantNo: OPTIONS.tenantNo,
        personTargetTypes: PERSON_TYPES,
        resolve,
        monthRef: monthRefOf(facts.event),
        action: { isPlain: true },
      });
    }
    if (!hasLearnt) return body;
    compiler.release(body);
  }
  return compiler.compile(bytes, OPTIONS);
}

function outcomeOf(text: string): ReturnType<typeof slowly> | undefined {
  try {
    return slowly(text);
  } catch {
    return undefined;
  }
}

/** Compiles events and holds each compiled one against the slow way. Gives how many were compiled. */
function checkBody(compiler: EventCompiler, text: string): number {
  const body = compileTaught(compiler, text);
  if (body === undefined) return 0;
  const bytes = encoder.encode(text);
  let compiled = 0;
  for (let i = 0; i < body.count; i++) {
    if (!body.isCompiled(i)) continue;
    compiled++;
    const own = decoder.decode(bytes.subarray(body.start(i), body.end(i)));
    const slow = slowly(own);
    expect(readCompiled(body, i)).toEqual(unitsOf(slow));
    expect(decoder.decode(body.buffers.bytes.subarray(body.idStart(i), body.idEnd(i)))).toBe(slow.event.id);
  }
  compiler.release(body);
  return compiled;
}

/** One of the first, or rarely one of the second: an event with any of those is not plain. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 25, arbitrary: usual }, { weight: 1, arbitrary: odd });
const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** Events of the plain kind, with texts that hold names, short names, alphabets, and numbers of every form. */
const word = fc.constantFrom(
  "Jane",
  "Al",
  "42",
  "x",
  "Müller",
  "李雷",
  "u-1",
  "jane@example.com",
  "203.0.113.9",
  "viewed",
  "(",
  "é",
  "😀",
  "+4912345678",
);
const words = fc
  .array(word, { minLength: 1, maxLength: 5 })
  .chain((all) => fc.constantFrom(" ", "", ", ").map((glue) => all.join(glue)));
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e7, max: 1e7 }),
  fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 1_000),
  fc.constantFrom(42, 0, 1e21, 1e-7, 1.5e-6, 123456789012345.6),
);
const scalar = fc.oneof(words, number, fc.boolean(), fc.constant(null));
const key = mostly(
  of("a", "b", "B", "ab", "note", "x-y", "long_key_of_a_member"),
  of("42", "Jane", "a/b", "__proto__", "é"),
);
const { deep } = fc.letrec<{ deep: unknown }>((tie) => ({
  deep: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("deep"), { maxLength: 3 }),
    fc.dictionary(key, tie("deep"), { maxKeys: 4 }),
  ),
}));
const keyed = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), deep), { maxKeys: 4 });
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const time = mostly(
  of("2026-02-28T23:59:59.999Z", "2024-02-29T00:00:00.000Z"),
  of("2026-02-29T00:00:00.000Z", "2026-11-30T00:00:00Z", "1969-12-31T23:59:59.999Z"),
);
const actor = fc.record(
  {
    type: of("user", "service"),
    id: word,
    name: words,
    email: of("jane@example.com", "x@y.zz"),
    role: word,
    groups: fc.array(word, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const target = fc.record(
  { type: of("patient", "document", "Patient"), id: word, name: words },
  { requiredKeys: ["type"] },
);
const context = fc.record(
  {
    ip: mostly(of("203.0.113.9", "2001:db8::1"), of("1.2.3.04", "2001:DB8::1", "1.2.3")),
    user_agent: words,
    session_id: word,
    request_id: word,
    trace_id: word,
    location: words,
    client: mostly<object>(
      fc.record({ kind: of("web", "api"), name: words, version: word }, { requiredKeys: ["kind"] }),
      fc.record({ kind: of("odd"), more: word }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
);
const change = fc.record({ field: words, before: deep, after: scalar }, { requiredKeys: ["field"] });
const plainEvent = fc
  .record({
    id: mostly(of("e-1", "Ünï"), of("sha256:abc")),
    occurred_at: time,
    tenant: some(mostly(of("clinic-7"), of("clinic-8"))),
    action: of("document.viewed", "user.login.failed", "x"),
    verb: some(mostly(of("read"), of("fly"))),
    category: some(words),
    source: some(words),
    actor: some(actor),
    targets: some(fc.array(target, { minLength: 1, maxLength: 3 })),
    outcome: some(fc.record({ result: mostly(of("success"), of("odd")), reason: words }, { requiredKeys: ["result"] })),
    context: some(context),
    changes: some(fc.array(change, { minLength: 1, maxLength: 3 })),
    purpose: some(words),
    recipient: some(words),
    data_category: some(words),
    parent_id: some(word),
    description: some(words),
    details: some(fc.oneof(keyed, fc.dictionary(of("in", "out"), fc.oneof(scalar, keyed)))),
    source_action: some(words),
    labels: some(mostly(fc.dictionary(key, words, { minKeys: 1, maxKeys: 3 }), fc.constant({ a: "x".repeat(1_001) }))),
  })
  .chain((event) => {
    const present = Object.entries(event).filter(([, value]) => value !== undefined);
    return fc
      .shuffledSubarray(present, { minLength: present.length })
      .map((entries): Record<string, unknown> => Object.fromEntries(entries));
  });

describe("the compiler of plain events", () => {
  test("takes every event of the generator and agrees with the slow way", () => {
    const compiler = newCompiler();
    const generator = createEventGenerator({ seed: 3, times: { kind: "live", nowMs: () => NOW_MS } });
    for (let i = 0; i < 5; i++) {
      const text = generator.batch(400).toString();
      expect(checkBody(compiler, text)).toBe(400);
    }
  });

  test("agrees with the slow way on plain events, whatever stands in them", () => {
    const compiler = newCompiler();
    let compiled = 0;
    fc.assert(
      fc.property(fc.array(plainEvent, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 1), (events, indent) => {
        compiled += checkBody(compiler, JSON.stringify({ events }, null, indent));
      }),
      { numRuns: 1_500 },
    );
    expect(compiled).toBeGreaterThan(200); // of some 3,750; how many are plain is chance
  });

  test("agrees with the slow way on any event, or leaves it alone", () => {
    const compiler = newCompiler();
    fc.assert(
      fc.property(arbitraryEventInput, (event) => {
        checkBody(compiler, JSON.stringify(event));
      }),
      { numRuns: 1_000 },
    );
  });

  test("takes clients and labels", () => {
    const compiler = newCompiler();
    const head = '{"id":"1","occurred_at":"2026-03-04T05:06:07.089Z","action":"x","actor":{"id":"u","name":"Jane"}';
    const compiles = (tail: string) => checkBody(compiler, `${head},${tail}}`);
    expect(compiles('"context":{"client":{"version":"1","kind":"api"},"session_id":"s"}')).toBe(1);
    expect(compiles('"labels":{"service":"of Jane","b":""}')).toBe(1);
    const odd = ['"context":{"client":{}}', '"context":{"client":{"kind":"odd"}}', '"labels":{}', '"labels":{"a":1}'];
    for (const tail of [...odd, `"labels":{"${"k".repeat(101)}":"v"}`]) expect(compiles(tail)).toBe(0);
  });

  test("sorts the keys of what lies deep", () => {
    const compiler = newCompiler();
    const head = '{"id":"1","occurred_at":"2026-03-04T05:06:07.089Z","action":"x"';
    const compiles = (tail: string) => checkBody(compiler, `${head},${tail}}`);
    expect(
      compiles('"details":{"type":{"system":"s","code":"c","more":{"z":[{"b":1,"a":{}}],"y":null}},"none":{}}'),
    ).toBe(1);
    expect(compiles('"details":{"list":[{"what":{"identifier":{"value":"v"}}, "name" : "n"},[1,[2]]]}')).toBe(1);
    expect(compiles('"changes":[{"field":"f","before":{"b":{"d":1,"c":[{}]},"a":2}}]')).toBe(1);
    for (const odd of ['{"a":1,"a":2}', '{"é":1}', '{"a":"\\n"}', `${'{"a":'.repeat(14)}1${"}".repeat(14)}`])
      expect(compiles(`"details":{"x":{"y":${odd}}}`)).toBe(0);
  });

  test("takes no text that the slow way refuses", () => {
    const compiler = newCompiler();
    const generator = createEventGenerator({ seed: 5, times: { kind: "live", nowMs: () => NOW_MS } });
    const texts = Array.from({ length: 40 }, () => generator.batch(1).toString().slice(11, -2));
    for (const text of texts) checkBody(compiler, text);
    const sign = fc.constantFrom(
      '"',
      "\\",
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "0",
      "-",
      ".",
      "e",
      " ",
      "\n",
      "\u0000",
      "é",
      "null",
      '"a":1',
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(4), sign, (which, where, removed, inserted) => {
        const text = texts[which % texts.length]!;
        const at = where % text.length;
        const bent = text.slice(0, at) + inserted + text.slice(at + removed);
        const body = compiler.compile(encoder.encode(bent), OPTIONS);
        if (body === undefined) return;
        if (body.isCompiled(0)) expect(readCompiled(body, 0)).toEqual(unitsOf(slowly(bent)));
        compiler.release(body);
      }),
      { numRuns: 4_000 },
    );
  });

  test("leaves bytes that are not UTF-8 to the slow way", () => {
    const compiler = newCompiler();
    const text = '{"id":"1","occurred_at":"2026-03-04T05:06:07.089Z","action":"x","description":"a?z"}';
    expect(checkBody(compiler, text)).toBe(1);
    for (const bad of [
      [0x80],
      [0xc0, 0xaf],
      [0xe0, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc3],
    ]) {
      const bytes = encoder.encode(text);
      const at = text.indexOf("?");
      const bent = Uint8Array.from([...bytes.subarray(0, at), ...bad, ...bytes.subarray(at + 1)]);
      expect(compiler.compile(bent, OPTIONS)?.isCompiled(0) ?? false).toBe(false);
    }
  });

  test("forgets what it knew", () => {
    const compiler = newCompiler();
    const text = '[{"id":"1","occurred_at":"2026-03-04T05:06:07.089Z","action":"x","actor":{"id":"u"}}]';
    expect(checkBody(compiler, text)).toBe(1);
    const before = compiler.epoch;
    compiler.forget();
    expect(compiler.epoch).toBeGreaterThan(before);
    expect(compiler.compile(encoder.encode(text), OPTIONS)?.isCompiled(0)).toBe(false);
    expect(checkBody(compiler, text)).toBe(1);
  });

  test("takes no more events than a body may have", () => {
    const compiler = newCompiler();
    const event = '{"id":"1","occurred_at":"2026-03-04T05:06:07.089Z","action":"x"}';
    const many = (count: number): string => `[${new Array<string>(count).fill(event).join(",")}]`;
    expect(checkBody(compiler, many(1_000))).toBe(1_000);
    expect(compiler.compile(encoder.encode(many(1_001)), OPTIONS)).toBeUndefined();
  });
});
