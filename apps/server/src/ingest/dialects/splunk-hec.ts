import { decodeText, type JsonObject, type ReadItem, readSplunkHec, splunkHecMapping } from "@cairn/sources";
import type { Translation } from "../translation.ts";

/** `/services/collector/event`: objects one after the other. */
export const splunkHecTranslation: Translation = {
  read: (body) => readSplunkHec(decodeText(body)),
  mapping: splunkHecMapping,
  original: "leave",
};

/** `/services/collector/raw`: each line is an event, with what the address says of all of them. */
export function splunkHecRawTranslation(about: Readonly<Record<string, string>>): Translation {
  return { ...splunkHecTranslation, read: (body) => linesOf(decodeText(body), about) };
}

function linesOf(body: string, about: Readonly<Record<string, string>>): ReadItem[] {
  const lines = body.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.map((line) => ({ kind: "record", record: { ...about, event: line } satisfies JsonObject, text: line }));
}
