import { describe, expect, test } from "vitest";
import { type CsvOptions, readCsv } from "./csv-records.ts";
import { detectFormat } from "./detect-format.ts";
import { readJson } from "./json-records.ts";
import { readNdjson } from "./ndjson-records.ts";
import type { FileRecord } from "./record.ts";

/** Gives text in pieces of a few bytes, so that no reader relies on their boundaries. */
async function* pieces(text: string | Uint8Array, size = 3): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(records: AsyncIterable<FileRecord>) {
  const list: FileRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}

/** Line and code of refusals, line and event of the others. */
function brief(records: readonly FileRecord[]) {
  return records.map((record) => [record.line, record.kind === "event" ? record.event : record.code]);
}

const ndjson = async (text: string | Uint8Array) => brief(await all(readNdjson(pieces(text))));
const json = async (text: string | Uint8Array) => brief(await all(readJson(pieces(text))));

describe("readNdjson", () => {
  test("reads one a line, whatever ends the lines", async () => {
    expect(await ndjson('\ufeff{"action":"a"}\r\n\r\n  {"action":"b"} \n{"action":"c"}')).toEqual([
      [1, { action: "a" }],
      [3, { action: "b" }],
      [4, { action: "c" }],
    ]);
    expect(await ndjson("")).toEqual([]);
  });

  test("refuses bad lines one by one, with the server's codes", async () => {
    const text = [
      '{"action":"a"}',
      '{"action":"a",}',
      '{"a":1,"a":2}',
      '{"n":12345678901234567890}',
      '{"n":1e999}',
      '{"s":"\\ud800"}',
      "[1]",
      "null",
      '{"action":"z"}',
    ].join("\n");
    expect(await ndjson(text)).toEqual([
      [1, { action: "a" }],
      [2, "json_invalid"],
      [3, "duplicate_key"],
      [4, "number_out_of_range"],
      [5, "number_out_of_range"],
      [6, "text_invalid"],
      [7, "not_an_object"],
      [8, "not_an_object"],
      [9, { action: "z" }],
    ]);
    const bytes = Buffer.from('{"a":"\u00e9"}\n{"b":1}', "latin1");
    expect(await ndjson(bytes)).toEqual([
      [1, "utf8_invalid"],
      [2, { b: 1 }],
    ]);
  });

  test("says where in the line", async () => {
    const [record] = await all(readNdjson(pieces('\n{"action" "x"}')));
    expect(record).toMatchObject({ line: 2, column: 11, code: "json_invalid" });
  });

  test("a line without end does not fill the memory", async () => {
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('{"action":"a"}\n');
      for (let i = 0; i < 12; i++) yield Buffer.alloc(1 << 20, 0x20);
      yield Buffer.from('x\n{"action":"b"}');
    }
    expect(brief(await all(readNdjson(endless())))).toEqual([
      [1, { action: "a" }],
      [2, "event_too_large"],
      [3, { action: "b" }],
    ]);
  });
});

describe("readJson", () => {
  test.each([
    ['[{"a":1},{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['\ufeff\n [ {"a":1} , {"b":[1,{"c":"]}"}]} ]\n', [{ a: 1 }, { b: [1, { c: "]}" }] }]],
    ['{"events":[{"a":"\\"[{"}]}', [{ a: '"[{' }]],
    ['{ "Records" : [ {"a":{}} , {} ] }', [{ a: {} }, {}]],
    ['{"action":"x","details":{"events":[1]}}', [{ action: "x", details: { events: [1] } }]],
    ['{"action":"x","details":[{"events":[{"a":1}]}]}', [{ action: "x", details: [{ events: [{ a: 1 }] }] }]],
    ["[]", []],
    ['{"events":[]}', []],
  ])("reads %s", async (text, expected) => {
    for (const size of [1, 7, 10_000]) {
      const records = await all(readJson(pieces(text, size)));
      expect(records.map((record) => (record.kind === "event" ? record.event : record))).toEqual(expected);
    }
  });

  test("knows the line of each record", async () => {
    expect(await json('{"events": [\n  {"a":1},\n\n  {\n    "b":2},{"c":\n3}]}')).toEqual([
      [2, { a: 1 }],
      [4, { b: 2 }],
      [5, { c: 3 }],
    ]);
  });

  test("refuses what is wrong and keeps its neighbours", async () => {
    expect(await json('[{"a":1},\n{a:2},\n5,\n{"b":1,"b":2},\n"x",{"c":3}]')).toEqual([
      [1, { a: 1 }],
      [2, "json_invalid"],
      [3, "not_an_object"],
      [4, "duplicate_key"],
      [5, "not_an_object"],
      [5, { c: 3 }],
    ]);
    expect(await json('[{"a":1},\n]')).toEqual([
      [1, { a: 1 }],
      [2, "json_invalid"],
    ]);
    expect(await json('[,{"a":1}]')).toEqual([
      [1, "json_invalid"],
      [1, { a: 1 }],
    ]);
    expect(await json('{"v":1,"events":[{"a":1}],\n"more":2}')).toEqual([
      [1, { a: 1 }],
      [2, "field_unknown"],
    ]);
  });

  test.each([
    ["", "body_empty"],
    ['[{"a":1},{"b":', "json_invalid"],
    ['{"events":[{"a":1}', "json_invalid"],
    ['[{"a":1}] x', "json_invalid"],
    ['[{"a":1}][]', "json_invalid"],
    ["hello", "json_invalid"],
    ['[{"a":"never closed}]', "json_invalid"],
  ])("says when %j does not end as it should", async (text, code) => {
    const last = (await all(readJson(pieces(text)))).at(-1);
    expect(last).toMatchObject({ kind: "refused", code, isEnd: true });
  });
});

describe("readCsv", () => {
  const csv = async (text: string | Uint8Array, options: Partial<CsvOptions> = {}) =>
    brief(await all(readCsv(pieces(text), { map: new Map(), set: new Map(), ...options })));

  test("columns are fields by their dotted names, others go under details", async () => {
    const text =
      "id,action,actor.id,actor.groups,targets.0.type,targets.0.id,context.ip,outcome.result,details.a.b,Department,inferred,time_uncertain_ms,labels.team.x\n" +
      "1,user.viewed,42,a;b,patient,7,203.0.113.7,success,x,Ward 3,true,20,red\n";
    expect(await csv(text)).toEqual([
      [
        2,
        {
          id: "1",
          action: "user.viewed",
          actor: { id: "42", groups: ["a", "b"] },
          targets: [{ type: "patient", id: "7" }],
          context: { ip: "203.0.113.7" },
          outcome: { result: "success" },
          details: { a: { b: "x" }, Department: "Ward 3" },
          inferred: true,
          time_uncertain_ms: 20,
          labels: { "team.x": "red" },
        },
      ],
    ]);
  });

  test("text stays text: leading zeroes, dates, what looks like a number", async () => {
    expect(await csv("action,details.mrn,actor.id\na.b,00012345,007\n")).toEqual([
      [2, { action: "a.b", details: { mrn: "00012345" }, actor: { id: "007" } }],
    ]);
  });

  test("structured columns may hold JSON", async () => {
    const text = 'action,targets,details\na.b,"[{""type"":""x""}]","{""n"":1}"\na.c,,"[not json"\n';
    expect(await csv(text)).toEqual([
      [2, { action: "a.b", targets: [{ type: "x" }], details: { n: 1 } }],
      [3, { action: "a.c", details: "[not json" }],
    ]);
  });

  test("quoted newlines, quotes and delimiters, CRLF, BOM, empty lines", async () => {
    const text = '\ufeffaction,details.text\r\na.b,"one, ""two""\r\nthree"\r\n\r\na.c,x\r\na.d,last';
    expect(await csv(text)).toEqual([
      [2, { action: "a.b", details: { text: 'one, "two"\r\nthree' } }],
      [5, { action: "a.c", details: { text: "x" } }],
      [6, { action: "a.d", details: { text: "last" } }],
    ]);
  });

  test.each([";", "\t", "|"])("finds out that %j separates columns", async (delimiter) => {
    const rows = 'action|x|"a,b,c,d"\na.b|1|2\n'.replaceAll("|", delimiter);
    expect(await csv(rows)).toEqual([[2, { action: "a.b", details: { x: "1", "a,b,c,d": "2" } }]]);
  });

  test("columns can be named anew, and missing fields set", async () => {
    const options = {
      map: new Map([
        ["Event", "action"],
        ["Who", "actor.id"],
      ]),
      set: new Map([
        ["source", "hr"],
        ["action", "row.imported"],
      ]),
    };
    expect(await csv("Event,Who\na.b,7\n,8\n", options)).toEqual([
      [2, { action: "a.b", actor: { id: "7" }, source: "hr" }],
      [3, { action: "row.imported", actor: { id: "8" }, source: "hr" }],
    ]);
  });

  test("a row of another length is refused by itself", async () => {
    expect(await csv("action,details.x\na.b\na.c,1,2\na.d,3\n")).toEqual([
      [2, "csv_invalid"],
      [3, "csv_invalid"],
      [4, { action: "a.d", details: { x: "3" } }],
    ]);
  });

  test("a row whose columns contradict each other is refused by itself", async () => {
    expect(await csv("action,details,details.x\na.b,text,1\na.c,,2\n")).toEqual([
      [2, "csv_invalid"],
      [3, { action: "a.c", details: { x: "2" } }],
    ]);
  });

  test.each([
    ['action,x\na.b,"1"2"\na.c,3\n', "csv_invalid"],
    ['action,x\na.b,"never closed\na.c,3\n', "csv_invalid"],
    [Buffer.from("action,x\na.b,caf\u00e9\na.c,3\n", "latin1"), "utf8_invalid"],
    [Buffer.from("action,x\n\u00e9").subarray(0, 10), "utf8_invalid"],
  ])("a file that cannot be read on is not read on, and that is said: %#", async (text, code) => {
    const records = await all(readCsv(pieces(text), { map: new Map(), set: new Map() }));
    expect(records.at(-1)).toMatchObject({ kind: "refused", code, isEnd: true });
    expect(records.filter(({ kind }) => kind === "event")).toEqual([]);
  });

  test("what comes before a broken quote is read", async () => {
    const text = 'action,x\na.a,"1\r\n2"\n\na.b,2\na.c,"3"x\na.d,4\n';
    expect(await csv(text)).toEqual([
      [2, { action: "a.a", details: { x: "1\r\n2" } }],
      [5, { action: "a.b", details: { x: "2" } }],
      [6, "csv_invalid"],
    ]);
  });

  test.each([
    ["a,a\n1,2\n", {}, /two columns/],
    ["targets.id,targets.0.id\n1,2\n", {}, /two columns/],
    ["a\n1\n", { map: new Map([["b", "action"]]) }, /which the file has not/],
  ])("a header that makes no sense stops everything: %j", async (text, options, message) => {
    await expect(csv(text, options)).rejects.toThrow(message);
  });

  test("keys of prototypes are data", async () => {
    const [[, event]] = (await csv("action,details.__proto__.x,details.constructor\na.b,1,2\n")) as [[number, object]];
    expect(JSON.stringify(event)).toBe('{"action":"a.b","details":{"__proto__":{"x":"1"},"constructor":"2"}}');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("detectFormat", () => {
  test.each([
    ["x.ndjson", "anything", "ndjson"],
    ["x.jsonl.gz", "anything", "ndjson"],
    ["x.csv", "a,b", "csv"],
    ["x.json", '{"Records":[', "cloudtrail"],
    ["x.json.gz", '\ufeff{ "Records" : [', "cloudtrail"],
    ["x.json", '{"events":[', "json"],
    ["x.json", "  [", "json"],
    ["x.json", '{"action":"a"}\n{"action":"b"}\n', "ndjson"],
    ["x.json", '{\n  "action":"a"\n}', "json"],
    ["x.json", '{"action":"a",\n"x":1}', "json"],
    ["-", '{"action":"a"}', "ndjson"],
    ["-", "action,actor.id\n", "csv"],
    ["-", "", "csv"],
  ])("%s that begins with %j is %s", (path, start, format) => {
    expect(detectFormat(path, Buffer.from(start))).toBe(format);
  });
});
