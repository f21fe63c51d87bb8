import type { Random } from "@cairn/testkit";

/** A request made of rubbish and half-truths. */
export interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Operation {
  readonly method: string;
  /** As in OpenAPI: `/v1/events/{id}`. */
  readonly path: string;
}

const WORDS = [
  "",
  "0",
  "-1",
  "1",
  "1.5",
  "1e309",
  "NaN",
  "9007199254740993",
  "true",
  "null",
  "undefined",
  "..",
  "../../etc/passwd",
  "%00",
  "%2e%2e%2f",
  "%ff",
  "%",
  "a".repeat(3_000),
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "'; DROP TABLE events; --",
  "{x:String}",
  "`",
  "\\",
  '"',
  "*",
  "((((((((((",
  "action:",
  "action:*",
  "-",
  "NOT NOT NOT x",
  "details.a.b.c:>1",
  "ip:0.0.0.0/0",
  "after:-99999999y",
  "🙂",
  "\u202e",
  "é",
  "2026-03-04T05:06:07Z",
  "9999-99-99",
  "e1/control/checkpoint",
  "tile/0/000",
  "tile/entries/x000.p/999",
  "tile/63/x999/x999/x999/999",
  "checkpoint",
  "evidence",
  "csv",
  "Europe/Berlin",
];
const NAMES = [
  ...["q", "from", "to", "sort", "order", "limit", "cursor", "total", "fields", "interval", "tz", "after"],
  ...["wait_seconds", "wait", "atomic", "source", "format", "columns", "raw", "compact", "compress", "events"],
  ...["category", "verb", "description", "personal", "person_targets", "details_schema", "strict", "preset"],
  ...["categories", "action", "actor", "targets", "outcome", "context", "details", "id", "labels", "changes"],
  ...["tenant", "occurred_at", "__proto__", "constructor", ""],
];
const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    "content-type",
    [
      "application/json",
      "application/x-ndjson",
      "text/plain",
      "multipart/form-data",
      "x/y;;;",
      "application/json; charset=utf-16",
    ],
  ],
  ["content-encoding", ["gzip", "zstd", "br", "identity", "gzip, gzip", "x"]],
  ["cairn-tenant", ["victim", "attacker", "..", "x".repeat(500), "__proto__"]],
  ["idempotency-key", ["a", "x".repeat(300), "a b"]],
  ["range", ["bytes=0-", "bytes=-1", "bytes=9999999999999999-", "bytes=a-b,c"]],
  ["if-range", ['"x"', "W/"]],
  ["if-none-match", ["*", '"x"']],
  ["cookie", ["cairn_session=1.1.9999999999999.AAAA", "cairn_session=", "a=b; ; ;=;", "cairn_session=1.1.1.1.1.1"]],
  ["accept", ["*/*", "x"]],
  ["accept-encoding", ["gzip", "zstd"]],
  ["x-forwarded-for", ["1.2.3.4", "x, y, z"]],
  ["x-forwarded-host", ["evil.example"]],
  ["expect", ["100-continue"]],
  ["x-http-method-override", ["DELETE"]],
  ["content-md5", ["x"]],
];

/** Makes random requests to the operations of an API. */
export class RequestMaker {
  private readonly random: Random;
  private readonly operations: readonly Operation[];

  constructor(random: Random, operations: readonly Operation[]) {
    this.random = random;
    this.operations = operations;
  }

  make(): RandomRequest {
    const { method, path } = this.pick(this.operations);
    const filled = path.replace(/\{[^}]*\}/g, () => {
      const word = this.pick(WORDS);
      return this.chance(0.5) ? word.replaceAll(/[^\x21-\x7e]|[?#]/g, "x") : encodeURIComponent(word);
    });
    const query = this.chance(0.4) ? `?${this.pairs()}` : "";
    const body = method === "GET" || method === "DELETE" ? undefined : this.body();
    return {
      method: this.chance(0.03) ? this.pick(["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "DELETE", "POST"]) : method,
      path: `${filled}${query}`.slice(0, 8_000),
      headers: this.headers(body !== undefined),
      ...(body === undefined ? {} : { body }),
    };
  }

  /** Any JSON, mostly with names that mean something. */
  json(depth = 0): unknown {
    const kind = this.random.below(depth > 4 ? 5 : 8);
    switch (kind) {
      case 0:
        return this.pick(WORDS);
      case 1:
        return this.pick([0, -1, 1, 1.5, 1e300, -0, 2 ** 53, 1e-7]);
      case 2:
        return this.pick([true, false, null]);
      case 3:
        return this.pick(["action", "a.b", "user", "success", "desc", "csv", "day"]);
      case 4:
        return "x".repeat(this.random.below(200));
      case 5:
        return Array.from({ length: this.random.below(5) }, () => this.json(depth + 1));
      default:
        return Object.fromEntries(
          Array.from({ length: this.random.below(7) }, () => [this.pick(NAMES), this.json(depth + 1)]),
        );
    }
  }

  private body(): Uint8Array {
    switch (this.random.below(6)) {
      case 0:
        return Buffer.from(Array.from({ length: this.random.below(400) }, () => this.random.below(256)));
      case 1: {
        const text = Buffer.from(JSON.stringify(this.json()) ?? "");
        return text.subarray(0, this.random.below(text.length + 1));
      }
      case 2:
        return Buffer.from(Array.from({ length: 5 }, () => JSON.stringify(this.json()) ?? "").join("\n"));
      default:
        return Buffer.from(JSON.stringify(this.json()) ?? "");
    }
  }

  private pairs(): string {
    return Array.from({ length: 1 + this.random.below(4) }, () => {
      const word = this.pick(WORDS);
      const value = this.chance(0.8) ? encodeURIComponent(word) : word.replaceAll(/[^\x21-\x7e]|#/g, "x");
      return `${encodeURIComponent(this.pick(NAMES))}=${value}`;
    }).join("&");
  }

  private headers(hasBody: boolean): Record<string, string> {
    const headers: Record<string, string> = hasBody && this.chance(0.8) ? { "content-type": "application/json" } : {};
    for (let i = this.random.below(3); i > 0; i--) {
      const [name, values] = this.pick(HEADERS);
      headers[name] = this.pick(values);
    }
    return headers;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  private chance(share: number): boolean {
    return this.random.below(1_000) < share * 1_000;
  }
}
