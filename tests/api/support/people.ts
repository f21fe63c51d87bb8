import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestServer } from "@cairn/testkit";
import { type Answer, type Call, call } from "./call.ts";

const CAIRN = fileURLToPath(new URL("../../../apps/server/bin/cairn.mjs", import.meta.url));
export const PASSWORD = "correct horse battery staple";

/** A browser as far as the API sees it: it keeps the cookie and says where it is. */
export interface Visitor {
  call(options: Call): Promise<Answer>;
  readonly cookie: () => string;
}

/** Runs a command beside the server and gives what it prints. */
export async function cairn(server: Pick<TestServer, "dataDir">, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [CAIRN, ...args, "--data-dir", server.dataDir]);
  return stdout.trim();
}

/** Opens a browser that nobody is signed in with. */
export function visitor(server: Pick<TestServer, "url">): Visitor {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    cookie,
    async call(options) {
      const headers = { "sec-fetch-site": "same-origin", cookie: cookie(), ...options.headers };
      const answer = await call(server, { ...options, headers });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    },
  };
}

/** Signs in with a link from the command line: as the owner of a tenant, or as an operator. */
export async function byLink(server: TestServer, ...args: string[]): Promise<Visitor> {
  const link = new URL(await cairn(server, "link", ...args));
  const browser = visitor(server);
  const answer = await browser.call({ path: link.pathname + link.search, headers: { "sec-fetch-site": "none" } });
  if (answer.status !== 303) throw new Error(`the link does not sign in: ${answer.status} ${answer.text}`);
  return browser;
}

/** Invites somebody and accepts for them: signed in with {@link PASSWORD}. */
export async function joined(
  server: TestServer,
  by: Visitor,
  member: object,
): Promise<Visitor & { readonly id: string }> {
  const made = await by.call({ path: "/v1/members", body: member });
  if (made.status !== 201) throw new Error(`not invited: ${made.status} ${made.text}`);
  const { id, invitation } = made.json<{ id: string; invitation: { url: string } }>();
  const browser = visitor(server);
  const token = tokenOf(invitation.url);
  const accepted = await browser.call({ path: "/v1/invitations/accept", body: { token, password: PASSWORD } });
  if (accepted.status !== 200) throw new Error(`not accepted: ${accepted.status} ${accepted.text}`);
  return { ...browser, id };
}

/** The token of an invitation's link. */
export function tokenOf(url: string): string {
  return /#invitation=(.+)$/.exec(url)?.[1] ?? "";
}

/** An event of the server itself, as a log shows it. */
export interface OwnEvent {
  readonly id: string;
  readonly action: string;
  readonly category: string;
  readonly actor: { readonly type: string; readonly id?: string; readonly name?: string; readonly email?: string };
  readonly targets?: readonly { readonly type: string; readonly id: string; readonly name?: string }[];
  readonly outcome: { readonly result: string; readonly reason?: string };
  readonly context?: { readonly ip?: string };
  readonly changes?: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly sequence: number;
}

/** Which events are waited for. */
interface Wanted {
  readonly headers?: Readonly<Record<string, string>>;
  /** Id of a target. */
  readonly about?: string;
  /** Waits for so many; 1 unless given. */
  readonly count?: number;
}

/** What a log says of an action of the server, oldest first; waits until it says something. */
export async function ownEvents(
  server: Pick<TestServer, "url">,
  key: string,
  action: string,
  { headers = {}, about, count = 1 }: Wanted = {},
): Promise<readonly OwnEvent[]> {
  const q = `source:cairn action:${action}${about === undefined ? "" : ` target.id:${about}`}`;
  const body = { q, limit: 1_000, sort: "occurred_at", order: "asc" };
  for (let tries = 0; ; tries++) {
    const answer = await call(server, { path: "/v1/events/search", key, body, headers });
    const { events } = answer.json<{ events?: OwnEvent[] }>();
    if (events === undefined) throw new Error(`the log cannot be searched for ${action}: ${answer.text}`);
    if (events.length >= count || tries > 40) return events;
    await delay(100);
  }
}
