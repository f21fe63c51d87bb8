import type { Json } from "@cairn/event";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import { pointerTo } from "../core/leftovers.ts";
import { SourceError } from "../core/source-error.ts";
import { type EpochUnit, readFirst, type TimeForm } from "../core/source-time.ts";
import { compileTimePattern } from "../core/time-pattern.ts";
import { type Zone, zoneOf } from "../core/zoned-time.ts";
import { compileRule } from "./compile-rule.ts";
import type { TimeFormat, TimeRule } from "./definition.ts";

const AT = "/occurred_at";

/**
 * Compiles the rule of `occurred_at`: the first format that reads the text counts.
 * @throws SourceError definition_invalid or zone_unknown
 */
export function compileTimeRule(
  rule: TimeRule,
  zoneName: string | undefined,
): (draft: Draft, record: JsonObject) => void {
  const { time, ...value } = rule;
  const zone = zoneName === undefined ? undefined : zoneAt(zoneName);
  const isList = Array.isArray(time);
  const forms = ((isList ? time : [time]) as readonly TimeFormat[]).map((format, i) =>
    formOf(format, isList ? pointerTo(`${AT}/time`, i) : `${AT}/time`, zone),
  );
  const compiled = compileRule(value, AT, { tables: {} });
  return (draft, record) => {
    const found = compiled(record, "");
    if (found === undefined || !("text" in found)) return;
    draft.explainAs(AT);
    const [pointer = ""] = found.from;
    if (found.isVerbatim) draft.moveTime(pointer, ...forms);
    else placeTime(draft, found, forms);
  };
}

function placeTime(
  draft: Draft,
  { value, from }: { readonly value: Json; readonly from: readonly string[] },
  forms: readonly TimeForm[],
): void {
  const reading = readFirst(value, forms);
  if (reading.kind === "time") draft.setTime(Date.parse(reading.time), reading.uncertainMs, from);
  else draft.warn(`time_unreadable:${from.join(" ")}`);
}

const EPOCH_UNITS: Readonly<Record<string, EpochUnit>> = {
  epoch_s: "s",
  epoch_ms: "ms",
  epoch_us: "us",
  epoch_ns: "ns",
};

function formOf(format: TimeFormat, pointer: string, zone: Zone | undefined): TimeForm {
  const inZone = zone === undefined ? {} : { zone };
  if (typeof format === "object")
    return { kind: "pattern", pattern: patternAt(format.pattern, pointerTo(pointer, "pattern")), ...inZone };
  const unit = EPOCH_UNITS[format];
  return unit === undefined ? { kind: "rfc3339", ...inZone } : { kind: "epoch", unit };
}

function patternAt(pattern: string, pointer: string) {
  try {
    return compileTimePattern(pattern);
  } catch (error) {
    throw placed(error, pointer);
  }
}

/** Finds the zone of a definition. @throws SourceError zone_unknown with its pointer */
export function zoneAt(name: string): Zone {
  try {
    return zoneOf(name);
  } catch (error) {
    throw placed(error, "/zone");
  }
}

function placed(error: unknown, pointer: string): unknown {
  return error instanceof SourceError ? new SourceError(error.code, error.message, { pointer }) : error;
}
