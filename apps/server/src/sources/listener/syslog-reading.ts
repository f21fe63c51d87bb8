import {
  createDicomMapping,
  createSyslogFramer,
  type ReadItem,
  readSyslog,
  readSyslogDicom,
  type SourceMapping,
  syslogMapping,
} from "@cairn/sources";
import type { Reading } from "../kinds.ts";
import type { SyslogSettings } from "./settings.ts";

/** How messages of a listener become events. */
export interface MessageReading {
  readonly read: (messages: readonly Uint8Array[], receivedMs: number) => ReadItem[];
  readonly mapping: SourceMapping;
}

/** Makes the reading of messages. @throws SourceError zone_unknown */
export function messageReading({ format, zone }: SyslogSettings): MessageReading {
  const zoned = zone === undefined ? {} : { zone };
  // Made in any case: it finds out whether the zone is one.
  const dicom = createDicomMapping(zoned);
  return format === "dicom"
    ? { read: (messages, receivedMs) => readSyslogDicom(messages, { receivedMs, ...zoned }), mapping: dicom }
    : { read: (messages, receivedMs) => readSyslog(messages, { receivedMs, ...zoned }), mapping: syslogMapping };
}

/** Makes the reading of what somebody pastes to try a source: messages as on the wire, or one audit message of many lines. */
export function sampleReading(settings: SyslogSettings): Reading {
  const { read, mapping } = messageReading(settings);
  return {
    read: (body) => read(messagesOf(body, settings), Date.now()),
    mapping,
    original: settings.keep_original === true ? "keep" : "leave",
  };
}

function messagesOf(body: string, { format }: SyslogSettings): readonly Uint8Array[] {
  const bytes = Buffer.from(body.trim());
  if (format === "dicom" && body.trimStart().startsWith("<")) return [bytes];
  const framer = createSyslogFramer();
  const framed = framer.push(bytes);
  const last = framer.end();
  const fault = framed.fault ?? last.fault;
  if (fault !== undefined) throw fault;
  return [...framed.messages, ...last.messages];
}
