import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import {
  createStreamIdentity,
  createSyslogFramer,
  type FramedMessages,
  SourceError,
  type StreamIdentity,
} from "@cairn/sources";
import { WHOLE_MESSAGE_MS } from "./limits.ts";

/** A message as it came, and what tells it from others. */
export interface Message {
  readonly bytes: Uint8Array;
  /** Of its connection; asked once for each message, in their order. */
  readonly identify: StreamIdentity;
}

/** Who hears of what comes. */
export interface ConnectionParts {
  readonly onMessages: (messages: readonly Message[]) => void;
  /** Bytes that are no message: the connection is closed. */
  readonly onFault: (fault: SourceError, rest: Uint8Array) => void;
}

/** A connection that is read. */
export interface Connection {
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Reads messages from a connection until it ends or a frame is none. */
export function readConnection(socket: Socket, { onMessages, onFault }: ConnectionParts): Connection {
  const framer = createSyslogFramer();
  const identify = createStreamIdentity(randomUUID());
  let hasEnded = false;
  let hurry: NodeJS.Timeout | undefined;

  function take({ messages, fault }: FramedMessages): void {
    onMessages(messages.map((bytes) => ({ bytes, identify })));
    if (fault !== undefined) fail(fault);
    else if (framer.rest().length === 0) settle();
    else if (messages.length > 0 || hurry === undefined) expectRest();
  }

  /** The rest of a message that has begun has to come; who is not listened to cannot send it. */
  function expectRest(): void {
    settle();
    hurry = setTimeout(() => {
      if (socket.isPaused()) expectRest();
      else fail(new SourceError("syslog_invalid", `a message was not complete after ${WHOLE_MESSAGE_MS / 1_000} s`));
    }, WHOLE_MESSAGE_MS).unref();
  }

  function settle(): void {
    clearTimeout(hurry);
    hurry = undefined;
  }

  function fail(fault: SourceError): void {
    if (hasEnded) return;
    hasEnded = true;
    settle();
    onFault(fault, framer.rest());
    socket.destroy();
  }

  socket.on("data", (bytes: Buffer) => {
    if (!hasEnded) take(framer.push(bytes));
  });
  socket.once("end", () => {
    if (hasEnded) return;
    take(framer.end());
    hasEnded = true;
  });
  socket.once("close", () => {
    settle();
    // It broke: what had come of a message may be a half of it, and its sender has reason to send it again.
    if (!hasEnded && framer.rest().length > 0)
      onFault(new SourceError("syslog_invalid", "the connection broke inside of a message"), framer.rest());
    hasEnded = true;
  });
  return {
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}
