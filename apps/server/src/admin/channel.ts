import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ServerContext } from "../context.ts";
import { runAdminCommand } from "./commands.ts";

/** How the command line finds a running server: a loopback port and a password, readable by the owner of the data only. */
interface AdminAddress {
  readonly port: number;
  readonly password: string;
  readonly pid: number;
}

const MAX_BODY_BYTES = 64 * 1024;

function addressFile(dataDir: string): string {
  return join(dataDir, "admin.json");
}

/** Opens the channel of a running server. */
export async function openAdminChannel(context: ServerContext): Promise<{ close(): Promise<void> }> {
  const password = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    void answer(context, { request, response, password });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const file = addressFile(context.side.paths.dataDir);
  const address: AdminAddress = { port: (server.address() as AddressInfo).port, password, pid: process.pid };
  writeFileSync(file, JSON.stringify(address), { mode: 0o600 });
  return {
    async close() {
      rmSync(file, { force: true });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly password: string;
}

async function answer(context: ServerContext, { request, response, password }: Exchange): Promise<void> {
  const given = Buffer.from(request.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${password}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.writeHead(401).end();
    return;
  }
  try {
    const argument: unknown = JSON.parse(await readBody(request));
    const result = await runAdminCommand((request.url ?? "/").slice(1), argument, context);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result ?? null));
  } catch (error) {
    response
      .writeHead(400, { "content-type": "application/json" })
      .end(JSON.stringify({ message: (error as Error).message }));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY_BYTES) throw new Error("the command is too long");
  }
  return body;
}

/** Sends a command to the server that has this data directory; undefined when none answers. */
export async function callRunningServer(
  dataDir: string,
  command: string,
  argument: unknown,
): Promise<{ readonly result: unknown } | undefined> {
  const file = addressFile(dataDir);
  if (!existsSync(file)) return undefined;
  const { port, password } = JSON.parse(readFileSync(file, "utf8")) as AdminAddress;
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${port}/${command}`, {
      method: "POST",
      headers: { authorization: `Bearer ${password}`, "content-type": "application/json" },
      body: JSON.stringify(argument),
    });
  } catch {
    return undefined; // left behind by a server that was killed
  }
  if (response.status === 401) return undefined;
  const body = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(body.message ?? `the server answered ${response.status}`);
  return { result: body };
}
