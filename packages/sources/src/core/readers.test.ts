import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv, readCsvRecords } from "./read-csv.ts";
import { decodeText, parseLossless, readJsonRecords } from "./read-json.ts";
import { SourceError } from "./source-error.ts";

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return "none";
  } catch (error) {
    if (error instanceof SourceError) return error.code;
    throw error;
  }
};

/** JSON whose numbers any double holds exactly. */
const plainJson = fc.jsonValue().filter((value) => !/\d{16}|e[+]/.test(JSON.stringify(value)));

describe("decodeText", () => {
  test("refuses bytes that are no text", () => {
    expect(codeOf(() => decodeText(new Uint8Array([0xff])))).toBe("utf8_invalid");
    expect(codeOf(() => decodeText(new Uint8Array(0)))).toBe("body_empty");
    expect(codeOf(() => decodeText(new Uint8Array((10 << 20) + 1)))).toBe("too_large");
  });
});

describe("parseLossless", () => {
  test("keeps numbers that no double holds as text", () => {
    expect(parseLossless('{"a":90020211103082515482,"b":[1.5,1e999],"c":-9007199254740993}')).toEqual({
      a: "90020211103082515482",
      b: [1.5, "1e999"],
      c: "-9007199254740993",
    });
  });

  test.each([
    ['{"a":1,}', "json_invalid"],
    ['{"a":1,"a":2}', "duplicate_key"],
    ['{"a":{"b":1,"b":2},"c":12345678901234567890}', "duplicate_key"],
    ['"\\ud800"', "text_invalid"],
    ["[".repeat(300) + "]".repeat(300), "too_deep"],
    ["[".repeat(100_000) + "]".repeat(100_000), "too_deep"],
    ["", "json_invalid"],
  ])("%.40s is %s", (text, code) => {
    expect(codeOf(() => parseLossless(text))).toBe(code);
  });

  test("agrees with JSON.parse on what doubles hold, and takes forty levels", () => {
    fc.assert(
      fc.property(plainJson, (value) => {
        expect(parseLossless(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(codeOf(() => parseLossless(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`))).toBe("none");
  });
});

describe("readJsonRecords", () => {
  test("gives each record its text", () => {
    expect(readJsonRecords(' [ {"a":"]"} , {"b":2} ] ')).toEqual([
      { kind: "record", record: { a: "]" }, text: '{"a":"]"}' },
      { kind: "record", record: { b: 2 }, text: '{"b":2}' },
    ]);
    expect(readJsonRecords('\ufeff{"Records" : [{"a":1}],"x":2}', ["Records"])).toEqual([
      { kind: "record", record: { a: 1 }, text: '{"a":1}' },
    ]);
    expect(readJsonRecords("[]")).toEqual([]);
  });

  test("refuses one record by itself", () => {
    const kinds = (body: string) =>
      readJsonRecords(body).map((item) => (item.kind === "refused" ? item.error.code : "record"));
    expect(kinds('[{"a":1},2,null]')).toEqual(["record", "not_an_object", "not_an_object"]);
    expect(kinds('{"a":1}\n\n{"a"\n[1]')).toEqual(["record", "json_invalid", "not_an_object"]);
    expect(kinds("nothing")).toEqual(["json_invalid"]);
    expect(kinds('[{"a":1,"a":2},{"b":1}]')).toEqual(["duplicate_key", "record"]);
  });

  test("never throws, and loses no record of a list", () => {
    fc.assert(fc.property(fc.string(), (body) => readJsonRecords(body).length > 0));
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), plainJson)), (records) => {
        const whole = readJsonRecords(JSON.stringify(records));
        expect(whole.length).toBe(records.length);
        for (const item of whole) if (item.kind === "record") expect(JSON.parse(item.text)).toEqual(item.record);
      }),
    );
  });
});

describe("parseCsv", () => {
  test("reads quotes, line ends and other delimiters", () => {
    expect(parseCsv('a;b\r\n"x;""y""\nz";2\n\n3;').map(({ cells, line }) => ({ cells, line }))).toEqual([
      { cells: ["a", "b"], line: 1 },
      { cells: ['x;"y"\nz', "2"], line: 2 },
      { cells: ["3", ""], line: 5 },
    ]);
  });

  test.each(['a,"b', 'a,b"c', '"a"b,c'])("%s is refused", (text) => {
    expect(codeOf(() => parseCsv(text))).toBe("csv_invalid");
  });

  test("undoes what any writer of RFC 4180 does", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é") });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const body = rows.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(",")).join("\r\n");
        expect(parseCsv(body).map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });
});

describe("readCsvRecords", () => {
  test("names cells by the header, and refuses a row of another length by itself", () => {
    const items = readCsvRecords("a,,a,__proto__\n1,2,3,4\n1,2\n");
    expect(items[0]).toMatchObject({ kind: "record", text: "1,2,3,4" });
    expect(items[0]?.kind === "record" && Object.entries(items[0].record)).toEqual([
      ["a", "1"],
      ["column_2", "2"],
      ["a_3", "3"],
      ["__proto__", "4"],
    ]);
    expect(items[1]).toMatchObject({ kind: "refused", error: { code: "csv_invalid", place: { line: 3 } } });
    expect(readCsvRecords('a,b\n"')).toMatchObject([{ kind: "refused" }]);
  });
});
