import { randomUUID } from "node:crypto";
import { type FakeServer, type Reply, type Seen, startFake } from "./fake-server.ts";

/** An Okta organization that demands what the documented protocol demands of a polling request. */
export interface FakeOkta extends FakeServer {
  readonly token: string;
  readonly violations: readonly string[];
  /** Events that happen now. Gives their ids. */
  happen(count: number): string[];
  /** Makes every cursor that was given out one of nobody. */
  endCursors(): void;
  /** Answers the next reads with these instead. */
  failNext(...replies: readonly Reply[]): void;
}

interface LogEvent {
  readonly uuid: string;
  readonly published: string;
  readonly [key: string]: unknown;
}

/** Starts one. */
export async function startOkta(): Promise<FakeOkta> {
  const token = `00${randomUUID().replaceAll("-", "")}`;
  const violations: string[] = [];
  const failures: Reply[] = [];
  const events: LogEvent[] = [];
  const cursors = new Map<string, number>();

  const fake = await startFake((seen) => {
    if (seen.method !== "GET" || seen.path !== "/api/v1/logs") {
      violations.push(`${seen.method} ${seen.path} is not there`);
      return { status: 404, body: { errorCode: "E0000007" } };
    }
    const failure = failures.shift();
    if (failure !== undefined) return failure;
    if (seen.headers.authorization !== `SSWS ${token}`)
      return { status: 401, body: { errorCode: "E0000011", errorSummary: "Invalid token provided" } };
    return read(seen);
  });

  function read({ query }: Seen): Reply {
    const limit = Number(query.get("limit"));
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) violations.push(`limit=${query.get("limit")}`);
    if (query.get("sortOrder") !== "ASCENDING") violations.push(`sortOrder=${query.get("sortOrder")}`);
    if (query.has("until")) violations.push("until in a polling request");
    const since = query.get("since") ?? "";
    if (Number.isNaN(Date.parse(since))) violations.push(`since=${since}`);
    const after = query.get("after");
    const known = after === null ? undefined : cursors.get(after);
    if (after !== null && known === undefined)
      return { status: 400, body: { errorCode: "E0000031", errorSummary: "Invalid search criteria." } };
    const first = known ?? events.findIndex(({ published }) => published >= new Date(since).toISOString());
    const page = first < 0 ? [] : events.slice(first, first + limit);
    const cursor = randomUUID();
    cursors.set(cursor, first < 0 ? events.length : first + page.length);
    const link = (name: string, value: string) => `<${fake.url}/api/v1/logs?${value}>; rel="${name}"`;
    const own = new URLSearchParams([...query].filter(([name]) => name !== "after"));
    const next = new URLSearchParams([...own, ["after", cursor]]);
    return {
      status: 200,
      headers: {
        link: [link("self", query.toString()), link("next", next.toString())],
        "x-rate-limit-limit": "120",
        "x-rate-limit-remaining": "119",
        "x-rate-limit-reset": String(Math.ceil(Date.now() / 1_000) + 60),
      },
      body: page,
    };
  }

  return {
    ...fake,
    token,
    violations,
    happen(count) {
      const made = Array.from(
        { length: count },
        (): LogEvent => ({
          ...{ uuid: randomUUID(), published: new Date().toISOString(), eventType: "user.session.start", version: "0" },
          ...{ actor: { id: "00u1", type: "User", alternateId: "jane@example.com", displayName: "Jane" } },
          ...{ outcome: { result: "SUCCESS", reason: null }, target: null },
        }),
      );
      events.push(...made);
      return made.map(({ uuid }) => uuid);
    },
    endCursors: () => cursors.clear(),
    failNext: (...replies) => void failures.push(...replies),
  };
}
