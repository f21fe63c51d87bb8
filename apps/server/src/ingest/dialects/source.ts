import { decodeText } from "@cairn/sources";
import { kindOf, type Reading, type Settings } from "../../sources/kinds.ts";
import { readBody } from "../../sources/map-body.ts";
import type { Dialect } from "../delivery.ts";
import type { Translation } from "../translation.ts";

/** Kept of sources that delivered lately; mappings are quickly made again. */
const MAX_READINGS = 1_000;

const readings = new Map<string, { readonly version: number; readonly reading: Reading }>();

/** Bodies of a configured source. @throws SourceError of a definition that does not work any more */
export function sourceTranslation(source: Extract<Dialect, { kind: "source" }>): Translation {
  const reading = readingOf(source);
  const { mapping, original } = reading;
  return { read: (body) => readBody(reading, decodeText(body), source.headers), mapping, original };
}

function readingOf({ id, version, sourceKind, settings }: Extract<Dialect, { kind: "source" }>): Reading {
  const known = readings.get(id);
  if (known?.version === version) return known.reading;
  const kind = kindOf(sourceKind);
  if (kind === undefined) throw new Error("BUG: a source of a kind that there is not delivers");
  const reading = kind.reading(JSON.parse(settings) as Settings);
  if (readings.size >= MAX_READINGS) readings.clear();
  readings.set(id, { version, reading });
  return reading;
}
