import { randomBytes, timingSafeEqual } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerContext } from "../context.ts";
import { type AdminAddress, addressFile } from "./address.ts";
import { runAdminCommand } from "./commands.ts";

const MAX_BODY_BYTES = 64 * 1024;

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
