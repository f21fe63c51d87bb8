import { randomUUID } from "node:crypto";
import { type FakeServer, type Reply, type Seen, startFake } from "./fake-server.ts";

/** Microsoft's login and Graph of one directory, as far as the audit logs go. */
export interface FakeGraph extends FakeServer {
  readonly directoryId: string;
  readonly clientSecret: string;
  readonly violations: readonly string[];
  /** Sign-ins at a time. Gives their ids. */
  signIns(count: number, atMs?: number): string[];
  /** Directory audits at a time. Gives their ids. */
  audits(count: number, atMs?: number): string[];
  /** Takes the next link to a further page for one that has ended. */
  endNextLink(): void;
}

interface Row {
  readonly id: string;
  readonly [key: string]: unknown;
}

/** A page holds fewer than asked for: Graph may do so at any time. */
const PAGE = 20;

/** Starts one. */
export async function startGraph(): Promise<FakeGraph> {
  const directoryId = randomUUID();
  const clientSecret = randomUUID();
  const violations: string[] = [];
  const tokens = new Set<string>();
  let isNextEnded = false;
  const links = new Map<string, readonly Row[]>();
  const rows: Record<string, Row[]> = { signIns: [], directoryAudits: [] };
  const times: Record<string, string> = { signIns: "createdDateTime", directoryAudits: "activityDateTime" };

  const fake = await startFake((seen) => {
    if (seen.method === "POST" && seen.path === `/${directoryId}/oauth2/v2.0/token`) return issue(seen);
    const log = /^\/v1\.0\/auditLogs\/(signIns|directoryAudits)$/.exec(seen.path)?.[1];
    if (seen.method === "GET" && log !== undefined) return read(log, seen);
    violations.push(`${seen.method} ${seen.path} is not there`);
    return { status: 404 };
  });

  function issue({ headers, body }: Seen): Reply {
    if (headers["content-type"] !== "application/x-www-form-urlencoded")
      violations.push("a token request that is no form");
    const form = new URLSearchParams(body);
    if (form.get("grant_type") !== "client_credentials") violations.push(`grant ${form.get("grant_type")}`);
    if (form.get("scope") !== `${fake.url}/.default`) violations.push(`scope ${form.get("scope")}`);
    if (form.get("client_id") !== "app-1" || form.get("client_secret") !== clientSecret)
      return { status: 401, body: { error: "invalid_client" } };
    const token = randomUUID();
    tokens.add(token);
    return { status: 200, body: { token_type: "Bearer", expires_in: 3_599, access_token: token } };
  }

  function read(log: string, { headers, query }: Seen): Reply {
    if (!tokens.has(headers.authorization?.replace("Bearer ", "") ?? ""))
      return { status: 401, body: { error: { code: "InvalidAuthenticationToken" } } };
    const skip = query.get("$skiptoken");
    const isEnded = skip !== null && isNextEnded;
    if (isEnded) isNextEnded = false;
    const found = skip === null ? matching(log, query) : isEnded ? undefined : links.get(skip);
    if (found === undefined)
      return { status: 400, body: { error: { code: "BadRequest", message: "Invalid $skiptoken." } } };
    const [page, rest] = [found.slice(0, PAGE), found.slice(PAGE)];
    if (rest.length === 0) return { status: 200, body: { value: page } };
    const link = randomUUID();
    links.set(link, rest);
    const next = `${fake.url}/v1.0/auditLogs/${log}?$top=500&$skiptoken=${link}`;
    return { status: 200, body: { "@odata.nextLink": next, value: page } };
  }

  function matching(log: string, query: URLSearchParams): readonly Row[] | undefined {
    const time = times[log] ?? "";
    const top = Number(query.get("$top"));
    if (!(top >= 1 && top <= 1_000)) violations.push(`$top=${query.get("$top")}`);
    const [, ge = "", lt = ""] =
      new RegExp(`^${time} ge (\\S+Z) and ${time} lt (\\S+Z)$`).exec(query.get("$filter") ?? "") ?? [];
    if (lt === "") violations.push(`$filter=${query.get("$filter")}`);
    // The newest first, as Graph has it.
    return (rows[log] ?? [])
      .filter((row) => String(row[time]) >= ge && String(row[time]) < lt)
      .toSorted((a, b) => (String(a[time]) < String(b[time]) ? 1 : -1));
  }

  function add(log: string, made: readonly Row[]): string[] {
    rows[log]?.push(...made);
    return made.map(({ id }) => id);
  }

  return {
    ...fake,
    ...{ directoryId, clientSecret, violations },
    signIns: (count, atMs = Date.now()) =>
      add(
        "signIns",
        Array.from({ length: count }, () => ({
          ...{ id: randomUUID(), createdDateTime: new Date(atMs).toISOString(), userId: "u-1", appId: "a-1" },
          ...{ userPrincipalName: "jane@example.com", isInteractive: true, status: { errorCode: 0 } },
        })),
      ),
    audits: (count, atMs = Date.now()) =>
      add(
        "directoryAudits",
        Array.from({ length: count }, () => ({
          ...{ id: randomUUID(), activityDateTime: new Date(atMs).toISOString(), activityDisplayName: "Add user" },
          ...{ category: "UserManagement", operationType: "Add", result: "success" },
          ...{ initiatedBy: { user: { id: "u-1" } }, targetResources: [] },
        })),
      ),
    endNextLink() {
      isNextEnded = true;
    },
  };
}
