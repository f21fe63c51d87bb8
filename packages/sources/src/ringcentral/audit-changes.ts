import type { Json } from "@cairn/event";
import { asArray, member, text } from "../core/json-values.ts";

/** A change that two or three parameters tell together, and which they were. */
export interface ParameterChange {
  readonly field: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly from: readonly number[];
}

interface Parameter {
  readonly key: string;
  readonly value: string;
  readonly index: number;
}

/** Settings of `CHANGE_USER_INFO:USER` whose old and new value come second and third; of all others third and fourth. */
const SECOND_AND_THIRD: ReadonlySet<string> = new Set(["Department", "Record User Name"]);

/** Finds before and after among the parameters of an audit record: pairs named `oldX` and `newX`, or values by position. */
export function parameterChanges(actionId: string, parameters: Json | undefined): ParameterChange[] {
  const list = asArray(parameters).map((each, index): Parameter | undefined => {
    const key = text(member(each, "key"));
    const value = member(each, "value");
    return key === undefined || typeof value !== "string" ? undefined : { key, value, index };
  });
  if (/^CHANGE_USER_INFO:USER$/i.test(actionId)) return positional(list);
  const known = list.filter((each) => each !== undefined);
  const names = new Set(known.flatMap(({ key }) => /^(?:old|new)([A-Z].*)$/.exec(key)?.[1] ?? []));
  return [...names].flatMap((name) => {
    const [old, ...moreOld] = known.filter(({ key }) => key === `old${name}`);
    const [now, ...moreNow] = known.filter(({ key }) => key === `new${name}`);
    // A name that stands twice says nothing for certain: it stays a list.
    if (moreOld.length > 0 || moreNow.length > 0) return [];
    const from = [old, now].flatMap((each) => (each === undefined ? [] : [each.index]));
    return [{ field: name[0]?.toLowerCase() + name.slice(1), before: old?.value, after: now?.value, from }];
  });
}

function positional(list: readonly (Parameter | undefined)[]): ParameterChange[] {
  const [name] = list;
  if (name === undefined) return [];
  const first = SECOND_AND_THIRD.has(name.value) ? 1 : 2;
  const [old, now] = [list[first], list[first + 1]];
  if (old === undefined && now === undefined) return [];
  const from = [name, old, now].flatMap((each) => (each === undefined ? [] : [each.index]));
  return [{ field: name.value === "" ? "value" : name.value, before: old?.value, after: now?.value, from }];
}
