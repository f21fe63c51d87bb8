import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Paths } from "@cairn/ledger";
import { type Handlers, serve } from "./rpc.ts";

/** What every thread is started with. */
export interface ThreadData {
  readonly paths: Paths;
  /** Ports to other threads, by name. */
  readonly ports: Readonly<Record<string, MessagePort>>;
}

/** The data of this thread. */
export function threadData(): ThreadData {
  return workerData as ThreadData;
}

/** The main thread's port. */
export function mainPort(): MessagePort {
  if (parentPort === null) throw new Error("BUG: a thread entry was run as a program");
  return parentPort;
}

/** Offers handlers to the main thread and on every further port it hands over. */
export function offer(handlers: Handlers): void {
  const main = mainPort();
  serve(main, {
    ...handlers,
    connect: ({ port }: { port: MessagePort }) => serve(port, handlers),
  });
}
