import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceError } from "../core/source-error.ts";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { parseCef } from "./cef.ts";
import { createSyslogFramer } from "./framer.ts";
import { parseLeef } from "./leef.ts";
import { parseSyslog } from "./parse-syslog.ts";
import { readSyslog } from "./read-syslog.ts";
import { syslogMapping } from "./syslog.ts";

const lines = sample("syslog/messages.txt").trim().split("\n");
const options = { receivedMs: Date.UTC(2026, 10, 22), zone: "Europe/Zurich" };
const items = readSyslog(
  lines.map((line) => Buffer.from(line)),
  options,
);
const parse = (text: string) => parseSyslog(Buffer.from(text), options);

test("messages become what was committed", () => {
  const events = expectSamples(syslogMapping, items, { golden: "syslog/messages.golden.json" });
  expect(events.map(({ action, occurred_at }) => [action, occurred_at])).toEqual([
    ["syslog.evntslog.id47", "2026-03-04T05:06:07.089Z"],
    ["patient.record.viewed", "2026-03-04T05:06:08.000Z"],
    // No year and no zone: the last October before it came, in the zone of the source.
    ["syslog.sshd", "2026-10-11T20:14:15.000Z"],
    ["syslog.su", "2026-02-03T00:02:03.000Z"],
    ["syslog.nginx", "2026-03-04T04:06:09.123Z"],
    ["threat_manager.worm_stopped", "2026-03-04T05:06:07.089Z"],
    ["product.login", "2026-03-04T05:06:10.000Z"],
    ["syslog.message", undefined],
  ]);
  expect(events[1]).toMatchObject({
    id: "evt-9",
    verb: "read",
    actor: { id: "jane@example.com" },
    outcome: { result: "success" },
  });
  expect(events[5]).toMatchObject({
    outcome: { result: "denied" },
    actor: { id: "u1", name: "jane" },
    description: "Detected a = worm\nsecond line",
  });
});

test("is robust", () => expectRobust(syslogMapping, items));

describe("parseSyslog", () => {
  test("structured data with escapes, twice the same name, and a byte order mark", () => {
    expect(parse('<165>1 - - - - - [a b="x\\"y" b="\\z"] \ufefftext')).toEqual({
      facility: 20,
      severity: 5,
      version: 1,
      structured_data: { a: { b: 'x"y', "b#2": "\\z" } },
      message: "text",
    });
  });

  test("a message without a year is never from the future", () => {
    const at = (receivedMs: number) => parseSyslog(Buffer.from("<13>Dec 31 23:59:59 h a: b"), { receivedMs }).time;
    expect(at(Date.UTC(2027, 0, 1))).toBe("2026-12-31T23:59:59.000Z");
    expect(at(Date.UTC(2026, 11, 31, 23))).toBe("2026-12-31T23:59:59.000Z");
    expect(at(Date.UTC(2026, 10, 1))).toBe("2025-12-31T23:59:59.000Z");
    const leap = parseSyslog(Buffer.from("<13>Feb 29 00:00:00 h a: b"), { receivedMs: Date.UTC(2028, 2, 1) });
    expect(leap.time).toBe("2028-02-29T00:00:00.000Z");
  });

  test.each(["", "no priority", "<192>x", "<1>1 only", '<1>1 - - - - - [a b="x" text', "<1>1 - - - - - text"])(
    "%j is refused",
    (text) => {
      expect(() => parse(text)).toThrow(SourceError);
    },
  );

  test("any bytes give a record or the typed error", () => {
    const some = fc.constantFrom(...lines);
    const damaged = fc
      .tuple(some, fc.nat(200), fc.string())
      .map(([line, at, more]) => line.slice(0, at) + more + line.slice(at + more.length));
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          fc.string().map((text) => `<13>${text}`),
        ),
        (text) => {
          const [item] = readSyslog([Buffer.from(text)], options);
          if (item?.kind === "record") syslogMapping.map(item.record, {});
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("CEF and LEEF", () => {
  test("undo what a writer escapes", () => {
    const value = fc
      .string()
      .map((text) => text.replaceAll(/[\r\n]/g, " ").trim())
      .filter((text) => text !== "");
    const header = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|");
    const extension = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("=", "\\=");
    fc.assert(
      fc.property(value, value, value, (name, a, b) => {
        const cef = parseCef(`CEF:0|v|p|1|id|${header(name)}|3|msg=${extension(a)} cs1=${extension(b)}`);
        expect(cef).toMatchObject({ name, extension: { msg: a, cs1: b } });
      }),
    );
    expect(parseCef("CEF:0|too|short")).toBeUndefined();
  });

  test("LEEF 1.0 parts at tabs, 2.0 at what it says", () => {
    expect(parseLeef("LEEF:1.0|V|P|1|E|a=1\tb=x y\tc")).toMatchObject({
      attributes: { a: "1", b: "x y", unparsed: "c" },
    });
    expect(parseLeef("LEEF:2.0|V|P|1|E|0x09|a=1\tb=2")).toMatchObject({ attributes: { a: "1", b: "2" } });
    expect(parseLeef("LEEF:3.0|V|P|1|E|a=1")).toBeUndefined();
  });
});

describe("createSyslogFramer", () => {
  const texts = (frames: readonly Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString());
  const counted = (text: string) => `${Buffer.byteLength(text)} ${text}`;

  test("reads counted messages and lines, however the bytes arrive", () => {
    const messages = ["<1>a", "<2>é\nwith a line end", "<3>"];
    const stream = Buffer.from(
      `${messages.map(counted).join("")}<4>line one\r\n\n<5>line two\0${counted("<6>z")}<7>last`,
    );
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const framer = createSyslogFramer();
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const frames = edges.slice(1).flatMap((end, i) => framer.push(stream.subarray(edges[i], end)).messages);
        expect(texts([...frames, ...framer.end().messages])).toEqual([
          ...messages,
          "<4>line one",
          "<5>line two",
          "<6>z",
          "<7>last",
        ]);
      }),
    );
  });

  test.each(["99999999 x", "12345678", "5x <1>", "1048577 "])("%j loses the connection", (text) => {
    expect(createSyslogFramer().push(Buffer.from(text)).fault).toBeInstanceOf(SourceError);
  });

  test("what came before a fault is given all the same", () => {
    const { messages, fault } = createSyslogFramer().push(Buffer.from("4 <1>a4 <1>bx <1>c"));
    expect([texts(messages), fault?.code]).toEqual([["<1>a", "<1>b"], undefined]);
    const framer = createSyslogFramer();
    const broken = framer.push(Buffer.from("4 <1>a5x <1>b"));
    expect([texts(broken.messages), broken.fault?.code]).toEqual([["<1>a"], "syslog_invalid"]);
    expect(Buffer.from(framer.rest()).toString()).toBe("5x <1>b");
  });

  test("half a message at the end is a fault; a line without end grows only so far", () => {
    const framer = createSyslogFramer();
    expect(framer.push(Buffer.from("10 <1>abc"))).toEqual({ messages: [] });
    expect(framer.end().fault?.code).toBe("syslog_invalid");
    const endless = createSyslogFramer();
    const faults = Array.from({ length: 40 }, () => endless.push(Buffer.alloc(64 * 1024, "<")).fault?.code);
    expect([faults[0], faults[20]]).toEqual([undefined, "too_large"]);
  });

  test("any bytes give frames or the fault", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (chunks) => {
        const framer = createSyslogFramer();
        const faults = [...chunks.map((chunk) => framer.push(chunk).fault), framer.end().fault];
        for (const fault of faults) expect(fault === undefined || fault instanceof SourceError).toBe(true);
      }),
    );
  });
});
