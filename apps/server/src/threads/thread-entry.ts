import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Paths } from "@cairn/ledger";
import { type Delivery, type Handlers, serve } from "./rpc.ts";

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
export function offer(handlers: Handlers, delivery: Delivery = "at_once"): void {
  const main = mainPort();
  const connect = ({ port }: { port: MessagePort }): void => serve(port, handlers, delivery);
  serve(main, { ...handlers, connect }, delivery);
}
