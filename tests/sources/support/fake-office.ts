import { randomUUID } from "node:crypto";
import { type FakeServer, type Reply, type Seen, startFake } from "./fake-server.ts";

/** Microsoft's login and the Management Activity API of one directory. */
export interface FakeOffice extends FakeServer {
  readonly directoryId: string;
  readonly clientSecret: string;
  readonly violations: readonly string[];
  /** Blobs of so many records each become available at a time. Gives the records' ids. */
  publish(type: string, sizes: readonly number[], atMs?: number): string[];
}

interface Blob {
  readonly id: string;
  readonly type: string;
  readonly createdMs: number;
  readonly records: readonly object[];
}

const DAY_MS = 86_400_000;
/** Blobs of a page of a list. */
const PAGE = 3;

/** Starts one. */
export async function startOffice(): Promise<FakeOffice> {
  const directoryId = randomUUID();
  const clientSecret = randomUUID();
  const violations: string[] = [];
  const tokens = new Set<string>();
  const subscriptions = new Set<string>();
  const blobs: Blob[] = [];
  const feed = `/api/v1.0/${directoryId}/activity/feed`;

  const fake = await startFake((seen) => {
    const { method, path } = seen;
    if (method === "POST" && path === `/${directoryId}/oauth2/v2.0/token`) return issue(seen);
    if (!tokens.has(seen.headers.authorization?.replace("Bearer ", "") ?? "")) return { status: 401 };
    if (method === "POST" && path === `${feed}/subscriptions/start`) return subscribe(seen);
    if (method === "GET" && path === `${feed}/subscriptions/content`) return list(seen);
    const blob = blobs.find(({ id }) => path === `${feed}/audit/${id}`);
    if (method === "GET" && blob !== undefined) return { status: 200, body: blob.records };
    violations.push(`${method} ${path} is not there`);
    return { status: 404 };
  });

  function issue({ body }: Seen): Reply {
    const form = new URLSearchParams(body);
    if (form.get("grant_type") !== "client_credentials") violations.push(`grant ${form.get("grant_type")}`);
    if (form.get("scope") !== `${fake.url}/.default`) violations.push(`scope ${form.get("scope")}`);
    if (form.get("client_id") !== "app-1" || form.get("client_secret") !== clientSecret)
      return { status: 401, body: { error: "invalid_client" } };
    const token = randomUUID();
    tokens.add(token);
    return { status: 200, body: { token_type: "Bearer", expires_in: 3_599, access_token: token } };
  }

  function subscribe({ query }: Seen): Reply {
    const type = query.get("contentType") ?? "";
    if (subscriptions.has(type))
      return { status: 400, body: { error: { code: "AF20024", message: "already enabled" } } };
    subscriptions.add(type);
    return { status: 200, body: { contentType: type, status: "enabled", webhook: null } };
  }

  function list({ query }: Seen): Reply {
    const type = query.get("contentType") ?? "";
    if (!subscriptions.has(type)) return { status: 400, body: { error: { code: "AF20022" } } };
    const [start, end] = [query.get("startTime") ?? "", query.get("endTime") ?? ""];
    if (![start, end].every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(time)))
      violations.push(`${start} ${end}`);
    const [fromMs, toMs] = [Date.parse(`${start}Z`), Date.parse(`${end}Z`)];
    if (toMs < fromMs || toMs - fromMs > DAY_MS) violations.push(`a span of ${toMs - fromMs} ms`);
    if (fromMs < Date.now() - 7 * DAY_MS) violations.push(`a start at ${start}`);
    const skip = Number(query.get("nextPage") ?? 0);
    const found = blobs.filter((blob) => blob.type === type && blob.createdMs >= fromMs && blob.createdMs < toMs);
    const page = found.slice(skip, skip + PAGE);
    const next = new URLSearchParams([...query].filter(([name]) => name !== "nextPage"));
    next.set("nextPage", String(skip + PAGE));
    const link = `${fake.url}${feed}/subscriptions/content?${next}`;
    return {
      status: 200,
      headers: found.length > skip + PAGE ? { NextPageUri: link } : {},
      body: page.map(({ id, createdMs }) => ({
        ...{ contentType: type, contentId: id, contentUri: `${fake.url}${feed}/audit/${id}` },
        contentCreated: new Date(createdMs).toISOString(),
      })),
    };
  }

  return {
    ...fake,
    ...{ directoryId, clientSecret, violations },
    publish(type, sizes, atMs = Date.now() - 5 * 60_000) {
      return sizes.flatMap((size) => {
        const records = Array.from({ length: size }, () => ({
          ...{ Id: randomUUID(), CreationTime: new Date(atMs).toISOString().slice(0, 19), Operation: "UserLoggedIn" },
          ...{
            RecordType: 15,
            ResultStatus: "Success",
            UserId: "jane@example.com",
            UserType: 0,
            Workload: "AzureActiveDirectory",
          },
        }));
        blobs.push({ id: randomUUID(), type, createdMs: atMs, records });
        return records.map(({ Id }) => Id);
      });
    },
  };
}
