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

/** A thread that is asked and never told. */
export type Caller<Api extends Handlers> = Pick<Client<Api>, "call">;

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
export function serve(port: Endpoint, handlers: Handlers, delivery: Delivery = "at_once"): void {
  const reply = (posted: Posted): void => post(port, delivery, posted);
  port.on("message", (parcel: Parcel | Call) => {
    for (const message of messagesOf(parcel)) if ("call" in message) void answer(reply, handlers, message);
  });
}

async function answer(
  reply: (posted: Posted) => void,
  handlers: Handlers,
  { call, name, argument }: Call,
): Promise<void> {
  try {
    const handler = handlers[name] as ((argument: unknown) => unknown) | undefined;
    if (handler === undefined) throw new Error(`BUG: no handler ${name}`);
    const result = await handler(argument);
    if (call === 0) return;
    const [value, transfer] = result instanceof Transfer ? [result.value as unknown, result.list] : [result, []];
    reply({ message: { answer: call, value }, transfer, fail: (error) => answerError(reply, call, error) });
  } catch (error) {
    if (call === 0) throw error;
    answerError(reply, call, error);
  }
}

function answerError(reply: (posted: Posted) => void, call: number, error: unknown): void {
  const message = { answer: call, error: toWire(error) };
  // Plain texts and numbers: they can always be sent.
  reply({ message, transfer: [], fail: () => undefined });
}

/** What goes over a port at one time: everything that was said in one turn of the event loop. */
type Parcel = readonly (Call | Answer)[];

interface Posted {
  readonly message: Call | Answer;
  readonly transfer: readonly Transferable[];
  /** Called when the message cannot be sent: it holds something that cannot be cloned. */
  readonly fail: (error: unknown) => void;
}

/**
 * When messages go. `gathered`: at the end of this turn of the event loop, all over one port together, because handing
 * over costs both threads more than most of what is handed over. What is said must not change until then.
 */
export type Delivery = "at_once" | "gathered";

const outboxes = new WeakMap<Endpoint, Posted[]>();

function post(port: Endpoint, delivery: Delivery, posted: Posted): void {
  if (delivery === "at_once") {
    send(port, [posted]);
    return;
  }
  const outbox = outboxes.get(port);
  if (outbox !== undefined) {
    outbox.push(posted);
    return;
  }
  outboxes.set(port, [posted]);
  setImmediate(() => {
    const all = outboxes.get(port) ?? [];
    outboxes.delete(port);
    send(port, all);
  });
}

function send(port: Endpoint, all: readonly Posted[]): void {
  const parcel: Parcel = all.map(({ message }) => message);
  try {
    port.postMessage(
      parcel,
      all.flatMap(({ transfer }) => transfer),
    );
  } catch (error) {
    if (all.length === 1) all[0]!.fail(error);
    else for (const one of all) send(port, [one]);
  }
}

/** The messages of a parcel; a port is handed over by itself, before there are calls. */
function messagesOf(parcel: Parcel | Call): Parcel {
  return "length" in parcel ? parcel : [parcel];
}

/** Calls a thread over a port. Calls fail once the port is closed or the thread has ended. */
export function connect<Api extends Handlers>(port: Endpoint, delivery: Delivery = "at_once"): Client<Api> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 1;
  let ended: Error | undefined;
  const take = ({ answer: number, value, error }: Answer): void => {
    const waiter = waiting.get(number);
    if (waiter === undefined) return;
    waiting.delete(number);
    if (error === undefined) waiter.resolve(value);
    else waiter.reject(fromWire(error));
  };
  port.on("message", (parcel: Parcel | Call) => {
    for (const message of messagesOf(parcel)) if ("answer" in message) take(message);
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
        const fail = (error: unknown): void => {
          waiting.delete(call);
          reject(error as Error);
        };
        post(port, delivery, { message: { call, name, argument }, transfer, fail });
      });
    },
    tell(name, argument) {
      // Nobody waits for it: what cannot be sent is a bug, and ends the thread.
      const fail = (error: unknown): never => {
        throw error;
      };
      post(port, delivery, { message: { call: 0, name, argument }, transfer: [], fail });
    },
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
    async call(name, argument) {
      const result = await run(name, argument);
      return (result instanceof Transfer ? result.value : result) as never;
    },
    tell: (name, argument) => void run(name, argument),
  };
}
