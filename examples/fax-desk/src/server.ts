import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AuditLog, Caller, Method } from "./audit.ts";
import { listPage, problemPage, signInPage } from "./pages.ts";
import { type FaxLine, RingCentralError } from "./ringcentral.ts";
import { newSessionId, type Session, Sessions } from "./sessions.ts";
import { findStaff, type StaffMember } from "./staff.ts";

/** What the desk is made of. */
export interface DeskParts {
  readonly staff: readonly StaffMember[];
  readonly line: FaxLine;
  readonly audit: AuditLog;
}

/** Two short fields. */
const MAX_FORM_BYTES = 4_096;
const SECURITY = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};
const SHOWABLE: ReadonlySet<string> = new Set(["application/pdf", "image/tiff", "image/png", "image/jpeg"]);
const NOT_RECORDED = "Nothing is shown that cannot be recorded, and the log does not answer. Try again in a moment.";

interface Exchange extends DeskParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sessions: Sessions;
  readonly caller: Caller;
}

/** Makes the desk's HTTP side. */
export function createDesk(parts: DeskParts): Server {
  const sessions = new Sessions();
  return createServer((request, response) => {
    const caller = { ip: request.socket.remoteAddress ?? "", userAgent: request.headers["user-agent"] };
    answer({ ...parts, request, response, sessions, caller }).catch((error: unknown) => {
      if (error instanceof RingCentralError) return show(response, problemOf(error));
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      show(response, { status: 500, page: problemPage("Something went wrong", "It has been noted. Try again.") });
    });
  });
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, sessions } = exchange;
  const { pathname } = new URL(request.url ?? "/", "http://desk.invalid");
  const session = sessions.find(request.headers.cookie);
  if (request.method === "POST" && pathname === "/sign-in") return signIn(exchange);
  if (session === undefined) return show(response, { status: pathname === "/" ? 200 : 401, page: signInPage() });
  if (request.method === "POST" && pathname === "/sign-out") return signOut(exchange, session);
  const [, id, download] = /^\/faxes\/(\d{1,19})(\/download)?$/.exec(pathname) ?? [];
  if (request.method === "GET" && id !== undefined)
    return openFax(exchange, session, { id, method: download === undefined ? "view" : "download" });
  if (request.method === "GET" && pathname === "/") return list(exchange, session);
  show(response, { status: 404, page: problemPage("Not here", "There is no such page.") });
}

async function signIn({ request, response, staff, audit, sessions, caller }: Exchange): Promise<void> {
  const form = new URLSearchParams(await readForm(request));
  const [email, password] = [form.get("email") ?? "", form.get("password") ?? ""];
  const member = await findStaff(staff, { email, password });
  if (member === undefined) {
    audit.signInFailed(email, caller);
    return show(response, { status: 403, page: signInPage("Address and password do not belong together.") });
  }
  const id = newSessionId();
  try {
    await audit.signedIn({ id, member }, caller);
  } catch {
    return show(response, { status: 503, page: signInPage(NOT_RECORDED) });
  }
  goHome(response, sessions.begin(member, id));
}

function signOut({ request, response, audit, sessions, caller }: Exchange, session: Session): void {
  audit.signedOut(session, caller);
  goHome(response, sessions.end(request.headers.cookie));
}

async function list({ response, line, audit, caller }: Exchange, session: Session): Promise<void> {
  const faxes = await line.list();
  audit.listed(session, faxes.length, caller);
  show(response, { status: 200, page: listPage(session.member, faxes) });
}

/** Fetches, records, and only then shows: there may be a record of a fax that was not shown, never the other way round. */
async function openFax(
  { response, line, audit, caller }: Exchange,
  session: Session,
  { id, method }: { readonly id: string; readonly method: Method },
): Promise<void> {
  const [fax, content] = await Promise.all([line.find(id), line.content(id)]);
  // What a browser might run as a page of this desk is only ever saved.
  const isShowable = SHOWABLE.has(content.contentType);
  const used = isShowable ? method : "download";
  try {
    await audit.faxOpened(session, fax, { method: used, caller });
  } catch {
    return show(response, { status: 503, page: problemPage("The fax is not shown", NOT_RECORDED) });
  }
  // The page's own policy would keep a browser from showing a PDF.
  const { "content-security-policy": _policy, ...headers } = SECURITY;
  response.writeHead(200, {
    ...headers,
    "content-type": isShowable ? content.contentType : "application/octet-stream",
    "content-disposition": `${used === "view" ? "inline" : "attachment"}; filename="fax-${id}"`,
  });
  response.end(content.bytes);
}

function show(response: ServerResponse, { status, page }: { readonly status: number; readonly page: string }): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    ...SECURITY,
    "content-type": "text/html; charset=utf-8",
    ...(status === 503 ? { "retry-after": "5" } : {}),
  });
  response.end(page);
}

function goHome(response: ServerResponse, cookie: string): void {
  response.writeHead(303, { ...SECURITY, location: "/", "set-cookie": cookie });
  response.end();
}

function problemOf({ status }: RingCentralError): { readonly status: number; readonly page: string } {
  if (status === 404) return { status, page: problemPage("Not there", "RingCentral has no such fax any more.") };
  const message =
    status === 429 ? "RingCentral is asked too often. Wait a minute." : "RingCentral did not answer well.";
  return { status: 502, page: problemPage("The fax line does not work", message) };
}

async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
