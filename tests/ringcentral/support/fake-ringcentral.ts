import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type CapReading, type FakeRecord, searchAuditTrail } from "./fake-audit-trail.ts";
import { callLimits, type LimitGroup } from "./fake-limits.ts";
import { type FakeMessage, listMessages, presentMessage } from "./fake-message-store.ts";

export const CLIENT_ID = "client-id";
export const CLIENT_SECRET = "client-secret";
export const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIyMzA5MTkwMDQifQ.c2lnbmF0dXJl";
export const EXTENSION_ID = "230919004";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const TOKEN_SECONDS = 3_600;
const STORE = /^\/restapi\/v1\.0\/account\/~\/extension\/~\/message-store(?:\/(\d+)(?:\/content\/(\d+))?)?$/;
const SEARCH = "/restapi/v1.0/account/~/audit-trail/search";

/** A RingCentral that knows one application and one extension, and notes whatever a client does that the real one would not take. */
export interface FakeRingCentral {
  readonly url: string;
  /** Its clock; tests turn it on. */
  nowMs: number;
  reading: CapReading;
  /** Leaves out what an answer to too many calls should say. */
  isSilentAboutWaiting: boolean;
  readonly records: FakeRecord[];
  readonly messages: Map<number, FakeMessage>;
  /** What was asked for, oldest first: `POST /restapi/oauth/token`. */
  readonly calls: string[];
  /** What no client of RingCentral may do. */
  readonly violations: string[];
  /** Ends every token. */
  endTokens(): void;
  close(): Promise<void>;
}

/** Starts a fake on a free port of this machine. */
export async function startFakeRingCentral(nowMs = Date.now()): Promise<FakeRingCentral> {
  const admit = callLimits(() => fake.nowMs);
  const tokens = new Map<string, number>();
  let issued = 0;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const baseUrl = `${url}/restapi/v1.0/account/1/extension/${EXTENSION_ID}`;
  const fake: FakeRingCentral = {
    ...{ url, nowMs, reading: "account", isSilentAboutWaiting: false },
    ...{ records: [], messages: new Map(), calls: [], violations: [] },
    endTokens: () => tokens.clear(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    const method = request.method ?? "";
    fake.calls.push(`${method} ${pathname}`);
    const send = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}) => {
      const isFile = value instanceof Uint8Array;
      response.writeHead(status, { "content-type": isFile ? "application/pdf" : "application/json", ...headers });
      response.end(isFile ? value : JSON.stringify(value));
    };
    const refuse = (status: number, errorCode: string, message: string, headers = {}) =>
      send(status, { errorCode, message, errors: [{ errorCode, message }] }, headers);
    const violate = (what: string) => {
      fake.violations.push(`${method} ${pathname}: ${what}`);
      refuse(400, "CMN-101", `Parameter [${what}] value is invalid`);
    };

    const group = groupOf(method, pathname);
    if (group === undefined) return violate("there is no such call");
    const { isAdmitted, headers } = admit(group);
    if (!isAdmitted) {
      const { "retry-after": waiting, ...others } = headers;
      const told = fake.isSilentAboutWaiting || waiting === undefined ? others : { ...others, "retry-after": waiting };
      return refuse(429, "CMN-301", "Request rate exceeded", told);
    }
    if (group === "Auth") {
      const basic = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64")}`;
      const form = new URLSearchParams(body);
      if (request.headers["content-type"] !== "application/x-www-form-urlencoded") return violate("content type");
      if (form.get("grant_type") !== JWT_BEARER) return violate("grant_type");
      if (request.headers.authorization !== basic || form.get("assertion") !== JWT) {
        const message = "Invalid credentials";
        return send(400, {
          error: "invalid_grant",
          error_description: message,
          errors: [{ errorCode: "OAU-140", message }],
        });
      }
      const token = `access-${++issued}`;
      tokens.set(token, fake.nowMs + TOKEN_SECONDS * 1_000);
      return send(200, {
        access_token: token,
        token_type: "bearer",
        expires_in: TOKEN_SECONDS,
        owner_id: EXTENSION_ID,
      });
    }
    const token = /^bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if ((tokens.get(token) ?? 0) <= fake.nowMs) return refuse(401, "TokenInvalid", "Token not found");
    const found = resource({ method, pathname, searchParams, body });
    if (found === undefined) return refuse(404, "CMN-102", "Resource is not found");
    if (typeof found === "string") return violate(found);
    send(200, found, headers);
  }

  function resource(asked: { method: string; pathname: string; searchParams: URLSearchParams; body: string }) {
    const { pathname, searchParams, body } = asked;
    if (pathname === SEARCH) return searchAuditTrail(fake.records, JSON.parse(body), fake);
    const [, id, attachment] = STORE.exec(pathname) ?? [];
    if (id === undefined) return listMessages(fake.messages.values(), searchParams, { nowMs: fake.nowMs, baseUrl });
    const message = fake.messages.get(Number(id));
    if (message === undefined || message.availability === "Purged") return undefined;
    if (attachment === undefined) return presentMessage(message, baseUrl);
    return attachment === id ? Buffer.from(`%PDF-1.4 pages of fax ${id}`) : undefined;
  }

  return fake;
}

function groupOf(method: string, path: string): LimitGroup | undefined {
  if (method === "POST" && path === "/restapi/oauth/token") return "Auth";
  if (method === "POST" && path === SEARCH) return "Heavy";
  const match = method === "GET" ? STORE.exec(path) : null;
  if (match === null) return undefined;
  return match[2] === undefined ? "Light" : "Medium";
}
