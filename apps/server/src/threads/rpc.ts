import type { MessagePort, Transferable, Worker } from "node:worker_threads";
import { CairnError, type ErrorCode, type ErrorPlace } from "@cairn/event";
import { LedgerError, type LedgerErrorCode } from "@cairn/ledger";

/** What a thread offers: a method takes one structured-cloneable argument and answers with one value. */
export type Handlers = { readonly [name: string]: (argument: never) => unknown };

/** How another thread calls it. */
export interface Client<Api extends Handlers> {
  call<Name extends keyof Api & string>(
    name: Name,
    argument: Parameters<Api[Name]>[0],
    transfer?: readonly Transferable[],
  ): Promise<Awaited<ReturnType<Api[Name]>>>;
  /** Calls without waiting for an answer. */
  tell<Name extends keyof Api & string>(name: Name, argument: Parameters<Api[Name]>[0]): void;
}

type Endpoint = MessagePort | Worker;

interface Call {
  readonly call: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Answer {
  readonly answer: number;
  readonly value?: unknown;
  readonly error?: WireError;
}

interface WireError {
  readonly kind: "cairn" | "ledger" | "other";
  readonly code: string;
  readonly message: string;
  readonly place?: ErrorPlace;
  readonly retryAfterSeconds?: number | undefined;
  readonly stack?: string | undefined;
}

/** Wraps a value whose buffers shall be moved rather than copied. */
export class Transfer<T> {
  readonly value: T;
  readonly list: readonly Transferable[];

  constructor(value: T, list: readonly Transferable[]) {
    this.value = value;
    this.list = list;
  }
}

/** Answers calls that come in over a port. */
export function serve(port: Endpoint, handlers: Handlers): void {
  port.on("message", (message: Call) => {
    if (message.call === undefined) return;
    void answer(port, handlers, message);
  });
}

async function answer(port: Endpoint, handlers: Handlers, { call, name, argument }: Call): Promise<void> {
  try {
    const handler = handlers[name] as ((argument: unknown) => unknown) | undefined;
    if (handler === undefined) throw new Error(`BUG: no handler ${name}`);
    const result = await handler(argument);
    if (call === 0) return;
    if (result instanceof Transfer) post(port, { answer: call, value: result.value as unknown }, result.list);
    else post(port, { answer: call, value: result });
  } catch (error) {
    if (call === 0) throw error;
    post(port, { answer: call, error: toWire(error) });
  }
}

function post(port: Endpoint, message: Call | Answer, transfer: readonly Transferable[] = []): void {
  port.postMessage(message, [...transfer]);
}

/** Calls a thread over a port. Calls fail once the port is closed or the thread has ended. */
export function connect<Api extends Handlers>(port: Endpoint): Client<Api> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 1;
  let ended: Error | undefined;
  port.on("message", ({ answer: number, value, error }: Answer) => {
    const waiter = waiting.get(number);
    if (waiter === undefined) return;
    waiting.delete(number);
    if (error === undefined) waiter.resolve(value);
    else waiter.reject(fromWire(error));
  });
  const end = (error: Error): void => {
    ended = error;
    for (const waiter of waiting.values()) waiter.reject(error);
    waiting.clear();
  };
  port.on("close", () => end(new Error("the thread has ended")));
  port.on("exit", () => end(new Error("the thread has ended")));
  return {
    call(name, argument, transfer = []) {
      if (ended !== undefined) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        const call = next++;
        waiting.set(call, { resolve: resolve as (value: unknown) => void, reject });
        post(port, { call, name, argument }, transfer);
      });
    },
    tell: (name, argument) => post(port, { call: 0, name, argument }),
  };
}

function toWire(error: unknown): WireError {
  if (error instanceof CairnError) {
    return {
      kind: "cairn",
      code: error.code,
      message: error.message,
      place: error.place,
      retryAfterSeconds: error.retryAfterSeconds,
    };
  }
  if (error instanceof LedgerError)
    return { kind: "ledger", code: error.code, message: error.message, stack: error.stack };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: "other", code: "", message, stack };
}

function fromWire({ kind, code, message, place, retryAfterSeconds, stack }: WireError): Error {
  if (kind === "cairn") {
    return new CairnError(code as ErrorCode, message, {
      ...place,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
  if (kind === "ledger") return new LedgerError(code as LedgerErrorCode, message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Calls handlers in this thread, for programs that need none but one. */
export function localClient<Api extends Handlers>(handlers: Api): Client<Api> {
  const run = (name: string, argument: unknown): unknown =>
    (handlers[name] as (argument: unknown) => unknown)(argument);
  return {
    call: async (name, argument) => (await run(name, argument)) as never,
    tell: (name, argument) => void run(name, argument),
  };
}
