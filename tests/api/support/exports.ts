import { setTimeout as delay } from "node:timers/promises";
import type { TestServer } from "@cairn/testkit";
import { call } from "./call.ts";

/** An export as the API shows it. */
export interface ShownExport {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "failed";
  readonly progress: { readonly done: number; readonly total: number };
  readonly file: {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly url: string;
  } | null;
  readonly as_of: { readonly ledger: number; readonly sequence: number };
  readonly expires_at: string;
  readonly error?: { readonly code: string; readonly message: string };
}

type Server = Pick<TestServer, "url">;

/** Looks at an export. */
export async function showExport(server: Server, key: string, id: string): Promise<ShownExport> {
  return (await call(server, { path: `/v1/exports/${id}`, key })).json<ShownExport>();
}

/** Asks for an export and waits until it has ended, well or not. */
export async function endedExport(server: Server, key: string, request: object): Promise<ShownExport> {
  const asked = await call(server, { path: "/v1/exports", key, body: request });
  if (asked.status !== 202) throw new Error(`the export was not taken: ${asked.status} ${asked.text}`);
  return untilEnded(server, key, asked.json<ShownExport>().id);
}

/** Waits until an export has ended, well or not. */
export async function untilEnded(server: Server, key: string, id: string): Promise<ShownExport> {
  for (;;) {
    const job = await showExport(server, key, id);
    if (job.state === "done" || job.state === "failed") return job;
    await delay(100);
  }
}

/** Asks for an export and waits for its file. */
export async function finishedExport(server: Server, key: string, request: object): Promise<ShownExport> {
  const job = await endedExport(server, key, request);
  if (job.state !== "done") throw new Error(`the export failed: ${JSON.stringify(job.error)}`);
  return job;
}

/** Asks for an export, waits, and gives the bytes of its file. */
export async function exported(server: Server, key: string, request: object): Promise<Buffer> {
  const { file } = await finishedExport(server, key, request);
  return (await call(server, { path: file?.url ?? "", key })).bytes;
}
