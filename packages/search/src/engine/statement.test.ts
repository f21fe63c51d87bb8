import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClickHouseException } from "./clickhouse-exception.ts";
import { quoteSqlIdentifier, quoteSqlString, scanSql } from "./sql-scanner.ts";
import { parseStatement, type Statement } from "./statement.ts";

const parse = (sql: string): Statement => parseStatement(Buffer.from(sql));
const codeOf = (sql: string): number | undefined => {
  try {
    parse(sql);
    return undefined;
  } catch (error) {
    return error instanceof ClickHouseException ? error.code : -1;
  }
};

describe("scanSql", () => {
  const words = (sql: string) => Array.from(scanSql(sql), (token) => token.text);

  test("leaves out comments and white space", () => {
    expect(words("SELECT -- one\n 1 /* two; */ # three\n, 2 #! four")).toEqual(["SELECT", "1", ",", "2"]);
  });

  test("keeps quoted text together, whatever it holds", () => {
    expect(words(`'it''s ; \\' x' "a""b" \`c;d\` $x$ ; ' $x$ e`)).toEqual(["'", '"', "`", "$", "E"]);
  });

  test("ends an open quote, comment or heredoc at the end of the text", () => {
    for (const sql of ["'abc;", '"abc;', "`abc;", "$t$ abc;", "/* abc;", "'abc\\"]) {
      expect(words(sql).includes(";"), sql).toBe(false);
    }
  });

  test("counts brackets, also when too many are closed", () => {
    expect(Array.from(scanSql("a)(b[{c}])d"), (token) => token.depth)).toEqual([0, 0, 0, 1, 1, 2, 3, 2, 1, 0, 0]);
  });

  test("covers a quoted string with one token", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const literal = quoteSqlString(value);
        expect(Array.from(scanSql(literal), ({ start, end }) => [start, end])).toEqual([[0, literal.length]]);
        const name = quoteSqlIdentifier(value);
        expect(Array.from(scanSql(name), ({ start, end }) => [start, end])).toEqual([[0, name.length]]);
      }),
    );
  });
});

describe("parseStatement", () => {
  const outputOf = (sql: string) => {
    const statement = parse(sql);
    return statement.kind === "select" ? statement.outputTo("/p", statement.format ?? "TSV") : statement.kind;
  };
  const inputOf = (sql: string) => {
    const statement = parse(sql);
    if (statement.kind !== "insert") return statement.kind;
    return [statement.inputFrom("/p").replace(/\s+/g, " "), statement.inlineRows.toString()];
  };

  test("puts the output of a query before its format", () => {
    expect(outputOf("SELECT 1")).toBe("SELECT 1\nINTO OUTFILE '/p' APPEND FORMAT TSV");
    expect(outputOf("SELECT 1 \nFORMAT JSON ; ")).toBe("SELECT 1 \n\nINTO OUTFILE '/p' APPEND FORMAT JSON");
    expect(outputOf("(select 1) union all (select 2) format JSON SETTINGS max_threads = 1")).toBe(
      "(select 1) union all (select 2) \nINTO OUTFILE '/p' APPEND FORMAT JSON SETTINGS max_threads = 1",
    );
    expect(outputOf("WITH 1 AS x SELECT x -- end")).toBe("WITH 1 AS x SELECT x\nINTO OUTFILE '/p' APPEND FORMAT TSV");
  });

  test("knows a format clause from names that look like one", () => {
    for (const sql of [
      "SELECT format('{}', 1) FROM t",
      "SELECT format FROM t",
      "SELECT t.format x FROM t",
      "SELECT (SELECT 1 FORMAT JSON) FROM t",
      "SELECT 'FORMAT JSON'",
      "SELECT a AS format SETTINGS max_threads = 1",
      "SELECT format",
    ]) {
      const statement = parse(sql);
      expect(statement.kind === "select" && statement.format, sql).toBe(undefined);
    }
  });

  test("keeps text beyond ASCII", () => {
    expect(outputOf("SELECT 'grün 😀' AS `ü` FORMAT CSV")).toBe(
      "SELECT 'grün 😀' AS `ü` \nINTO OUTFILE '/p' APPEND FORMAT CSV",
    );
  });

  test("puts the input of an insert before its settings", () => {
    expect(inputOf("INSERT INTO t FORMAT JSONEachRow")).toEqual([
      "INSERT INTO t FROM INFILE '/p' FORMAT JSONEachRow",
      "",
    ]);
    expect(inputOf("insert into db.t (a, b) settings x = 1, y = 'FORMAT Z' format Native\n\n\u0001")).toEqual([
      "insert into db.t (a, b) FROM INFILE '/p' settings x = 1, y = 'FORMAT Z' FORMAT Native",
      "\n\u0001",
    ]);
    expect(inputOf("INSERT INTO t VALUES (1, ';'); ")).toEqual([
      "INSERT INTO t FROM INFILE '/p' FORMAT Values",
      " (1, ';'); ",
    ]);
    expect(inputOf("INSERT INTO FUNCTION null('a UInt8') FORMAT Values (1)")).toEqual([
      "INSERT INTO FUNCTION null('a UInt8') FROM INFILE '/p' FORMAT Values",
      "(1)",
    ]);
    expect(inputOf("INSERT INTO values VALUES (1)")).toEqual([
      "INSERT INTO values FROM INFILE '/p' FORMAT Values",
      " (1)",
    ]);
  });

  test("keeps the bytes of inline rows", () => {
    const rows = Buffer.from([0, 255, 10, 13, 59, 128]);
    const statement = parseStatement(Buffer.concat([Buffer.from("INSERT INTO t FORMAT Native\n"), rows]));
    expect(statement.kind === "insert" && statement.inlineRows.equals(rows)).toBe(true);
  });

  test("sorts an insert from a query with the commands", () => {
    for (const sql of [
      "INSERT INTO t SELECT * FROM values('a String', ('x')) FORMAT JSON",
      "INSERT INTO t (SELECT 1)",
      "INSERT INTO t WITH 1 AS x SELECT x",
      "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
    ]) {
      const statement = parse(sql);
      expect(statement.kind === "command" && statement.inserts, sql).toBe(true);
    }
    expect(parse("CREATE TABLE t (a UInt8) ENGINE = Memory")).toMatchObject({ inserts: false, changesSession: true });
    expect(parse("SHOW TABLES FORMAT JSON")).toMatchObject({ format: "JSON", changesSession: false });
  });

  test("refuses no statement, several, and files", () => {
    expect(["", " ; ", "-- nothing"].map(codeOf)).toEqual([62, 62, 62]);
    expect(codeOf("SELECT 1; SELECT 2")).toBe(62);
    expect(codeOf("SELECT ';'; -- end")).toBe(undefined);
    expect(codeOf("SELECT 1 INTO OUTFILE 'x'")).toBe(358);
    expect(codeOf("EXPLAIN SELECT 1 into /**/ outfile 'x'")).toBe(358);
    expect(codeOf("INSERT INTO t FROM INFILE 'x' FORMAT CSV")).toBe(358);
    expect(codeOf("INSERT INTO t FROM INFILE 'x' SELECT 1")).toBe(358);
  });

  test("names the placeholders", () => {
    expect(parse("SELECT {a:UInt8}, { b : Array(String) }, map('c', 1), '{d:String}', {'e':1}").placeholders).toEqual([
      "a",
      "b",
    ]);
    expect(parse("INSERT INTO {t:Identifier} VALUES ({x:UInt8})").placeholders).toEqual(["t"]);
  });

  test("throws nothing but its own exceptions", () => {
    const fragment = fc.constantFrom(
      "SELECT",
      "INSERT INTO t",
      "FORMAT",
      "VALUES",
      "(",
      ")",
      "{a:",
      "'",
      ";",
      "--",
      "\n",
      " ",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string({ maxLength: 4 }))), (parts) => {
        expect(codeOf(parts.join(" "))).not.toBe(-1);
      }),
    );
  });

  test("takes a long insert from a query in linear time", () => {
    const sql = `INSERT INTO t SELECT ${"a, ".repeat(200_000)}1`;
    const startedMs = performance.now();
    expect(parse(sql).kind).toBe("command");
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
