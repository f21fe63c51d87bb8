import { setImmediate as afterOthers } from "node:timers/promises";
import type { Source } from "@cairn/ledger";
import { type MappedItem, mapItems, SourceError } from "@cairn/sources";
import type { ServerContext } from "../../context.ts";
import { deliveryOf } from "../map-body.ts";
import { type Delivery, receive } from "../receive.ts";
import { keepRefused } from "../refused-record.ts";
import { NO_COUNTS, withDelivery, withProblem } from "../source-state.ts";
import type { SourceStates } from "../source-states.ts";
import type { Message } from "./connection.ts";
import { type Fault, FaultTally } from "./fault-tally.ts";
import { Intake } from "./intake.ts";
import { DRAIN_MS } from "./limits.ts";
import type { SyslogSettings } from "./settings.ts";
import { messageReading } from "./syslog-reading.ts";
import { openSyslogServer, type SyslogServer } from "./syslog-server.ts";

/** Messages mapped before others get their turn: some milliseconds. */
const CHUNK = 100;

/** A source that listens. */
export interface SyslogListener {
  /** Ends it; what has arrived is recorded first. */
  readonly stop: () => Promise<void>;
}

/** Has a source listen. @throws Error when its port cannot be bound */
export async function startSyslogListener(
  context: ServerContext,
  { source, states }: { readonly source: Source; readonly states: SourceStates },
): Promise<SyslogListener> {
  const { config, log } = context;
  const settings = source.settings as SyslogSettings;
  const tally = new FaultTally(log.child({ source: source.id }));
  let server: SyslogServer | undefined;
  let failures = 0;
  const map = createMapper(context, { source, settings });
  const intake = new Intake<Message, Delivery>({
    prepare: map,
    async record(delivery) {
      const counted = await receive(context, source, delivery);
      states.update(source, (state) => withDelivery(state, counted, Date.now()));
      if (failures > 0) states.update(source, (state) => withProblem(state, undefined));
      failures = 0;
    },
    onPressure(pressure) {
      if (pressure === "full") server?.pause();
      else server?.resume();
    },
    onFailure(error) {
      failures++;
      if (failures === 1) log.warn({ err: error, source: source.id }, "messages could not be recorded; tried again");
      const message = "what was sent cannot be recorded at the moment; senders are made to wait";
      states.update(source, (state) => withProblem(state, { message, attempts: failures }));
    },
  });
  const onFault = (fault: Fault, last: string): void => {
    tally.count(fault, last);
    states.update(source, (state) => ({ ...state, warnings: tally.warnings() }));
  };
  server = await openSyslogServer({
    settings,
    host: settings.address ?? config.syslogHost,
    tls: tlsFiles(context),
    log: log.child({ source: source.id }),
    onMessages: (messages) => intake.add(messages),
    onFault,
    onBrokenFrame(error, rest) {
      if (tally.mayKeep()) keepRefused(context, source, [{ error, text: Buffer.from(rest).toString() }]);
      const counts = { ...NO_COUNTS, received: 1, rejected: 1 };
      states.update(source, (state) => withDelivery(state, { counts, gaps: [] }, Date.now()));
    },
  });
  return {
    async stop() {
      await server?.stop();
      const lost = await intake.drain(DRAIN_MS);
      if (lost > 0) log.error({ source: source.id, lost }, "messages that had arrived could not be recorded");
    },
  };
}

function tlsFiles({ config: { syslogTlsCert: cert, syslogTlsKey: key } }: ServerContext) {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** Makes what turns messages into events. */
function createMapper(
  { log }: Pick<ServerContext, "log">,
  { source, settings }: { readonly source: Source; readonly settings: SyslogSettings },
): (messages: readonly Message[]) => Promise<Delivery> {
  const { read, mapping } = messageReading(settings);
  const original = settings.keep_original === true ? "keep" : "leave";

  function mapChunk(messages: readonly Message[]): MappedItem[] {
    const items = read(
      messages.map(({ bytes }) => bytes),
      Date.now(),
    );
    return mapItems(mapping, items, {
      original,
      identify({ index }) {
        const item = items[index];
        const message = messages[index];
        return item?.kind === "record" ? message?.identify(message.bytes, item.record) : undefined;
      },
    });
  }

  return async (messages) => {
    const mapped: MappedItem[] = [];
    for (let from = 0; from < messages.length; from += CHUNK) {
      if (from > 0) await afterOthers();
      const chunk = messages.slice(from, from + CHUNK);
      try {
        mapped.push(...mapChunk(chunk));
      } catch (error) {
        // A fault of the program: it must not be met again and again, and nothing must be lost to it.
        log.error({ err: error, source: source.id }, "messages could not be translated");
        mapped.push(...chunk.map(unreadable));
      }
    }
    return deliveryOf(mapped);
  };
}

function unreadable({ bytes }: Message): MappedItem {
  const error = new SourceError("syslog_invalid", "the message could not be translated; the server's log says why");
  return { kind: "refused", error, text: Buffer.from(bytes).toString() };
}
