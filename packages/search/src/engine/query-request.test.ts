import { describe, expect, test } from "vitest";
import { checkCredentials } from "./authentication.ts";
import { exceptionFrame, exceptionText, toClickHouseException } from "./clickhouse-exception.ts";
import { DEFAULT_ENGINE_LIMITS, resolveEngineLimits } from "./limits.ts";
import { checkedFormat, parseQueryRequest } from "./query-request.ts";

describe("parseQueryRequest", () => {
  const parse = (search: string) => parseQueryRequest(new URLSearchParams(search));

  test("sorts what the client puts into the URL", () => {
    const request = parse(
      "query=SELECT+1&query_id=q1&database=d&default_format=JSON&max_threads=2&param_x=a%5Ctb&enable_http_compression=1&wait_end_of_query=1",
    );
    expect(request).toEqual({
      query: "SELECT 1",
      queryId: "q1",
      database: "d",
      defaultFormat: "JSON",
      settings: new Map([["max_threads", "2"]]),
      parameters: new Map([["x", "a\\tb"]]),
      compressResponse: true,
    });
  });

  test("invents an identifier and takes ClickHouse's defaults", () => {
    expect(parse("")).toMatchObject({ database: "default", defaultFormat: "TabSeparated", compressResponse: false });
    expect(parse("").queryId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("refuses what only a server has, and what cannot be a name", () => {
    for (const search of ["session_id=s", "role=r", "user=u&password=p", "decompress=1"]) {
      expect(() => parse(search), search).toThrow(expect.objectContaining({ code: 48, status: 501 }));
    }
    expect(parse("decompress=0").settings.size).toBe(0);
    for (const search of ["a%3D1%2C+b=2", "param_x%27=1", "=1", `${"n".repeat(200)}=1`, "default_format=JSON%3B"]) {
      expect(() => parse(search), search).toThrow(expect.objectContaining({ code: 36, status: 400 }));
    }
    expect(() => checkedFormat("J SON")).toThrow(expect.objectContaining({ code: 36 }));
  });
});

describe("checkCredentials", () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

  test("accepts both ways the client sends them", () => {
    expect(checkCredentials(basic("default:secret"), "secret")).toBe(undefined);
    expect(checkCredentials({ "x-clickhouse-user": "default", "x-clickhouse-key": "secret" }, "secret")).toBe(
      undefined,
    );
  });

  test("refuses everything else with 516", () => {
    for (const headers of [
      basic("default:wrong"),
      basic("root:secret"),
      basic("default"),
      basic(""),
      { authorization: "Bearer secret" },
      {},
    ]) {
      expect(checkCredentials(headers, "secret"), JSON.stringify(headers)).toMatchObject({ code: 516 });
    }
  });
});

describe("toClickHouseException", () => {
  test("reads code and type", () => {
    const error = toClickHouseException(
      new Error("Code: 60. DB::Exception: Table t (x) does not exist. (UNKNOWN_TABLE)"),
    );
    expect(error).toMatchObject({
      code: 60,
      type: "UNKNOWN_TABLE",
      status: 404,
      message: "Table t (x) does not exist.",
    });
    expect(exceptionText(error)).toBe("Code: 60. DB::Exception: Table t (x) does not exist. (UNKNOWN_TABLE)\n");
  });

  test("takes off the shells and hides the spool file", () => {
    const text =
      "Code: 33. DB::Exception: Code: 33. DB::Exception: Cannot read: (in file/uri /d/run/insert-1): parsed from file. " +
      "(CANNOT_READ_ALL_DATA) (version 26.7.2.1). (CANNOT_READ_ALL_DATA)";
    expect(toClickHouseException(new Error(text), ["/d/run/insert-1"]).message).toBe(
      "Cannot read: (in file/uri (request)): parsed from file.",
    );
  });

  test("makes a standard exception of anything else", () => {
    for (const thrown of [new Error("boom"), "boom", new Error(""), undefined]) {
      expect(toClickHouseException(thrown)).toMatchObject({ code: 1001, type: "STD_EXCEPTION", status: 500 });
    }
  });

  test("counts the bytes of the message in the frame", () => {
    const frame = exceptionFrame(
      toClickHouseException(new Error("Code: 1. DB::Exception: ü. (XYZ)")),
      "tag",
    ).toString();
    expect(frame).toBe("\r\n__exception__\r\ntag\r\nCode: 1. DB::Exception: ü. (XYZ)\n34 tag\r\n__exception__\r\n");
  });
});

describe("resolveEngineLimits", () => {
  test("fills in defaults and refuses nonsense", () => {
    expect(resolveEngineLimits({ sessions: 2 })).toEqual({ ...DEFAULT_ENGINE_LIMITS, sessions: 2 });
    for (const bad of [{ sessions: 1 }, { queryThreads: 0 }, { serverMemoryBytes: 1.5 }, { cacheBytes: Number.NaN }]) {
      expect(() => resolveEngineLimits(bad), JSON.stringify(bad)).toThrow(RangeError);
    }
  });
});
