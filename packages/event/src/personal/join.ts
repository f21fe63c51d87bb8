import { pointerTokens, setMember, valueAt } from "../json/pointer.ts";
import type { CairnEvent, Json } from "../model/event.ts";
import type { Cut, SplitEvent, SubjectPart } from "./split.ts";

/**
 * Puts an event together again from its core and the parts that can still be read. With every part it is the event that
 * was accepted, byte for byte in canonical form, plus `ref` on each person; a missing part leaves the references and markers.
 */
export function joinEvent(split: SplitEvent): CairnEvent {
  const event = structuredClone(split.core) as unknown as Record<string, unknown>;
  const parts = split.joint === undefined ? split.parts : [...split.parts, split.joint];
  putBackCuts(event, parts);
  for (const part of parts) for (const pointer in part.fields) setAt(event, pointer, part.fields[pointer]!);
  return event as unknown as CairnEvent;
}

function putBackCuts(event: Record<string, unknown>, parts: readonly SubjectPart[]): void {
  const cuts: (Cut & { ref: string })[] = [];
  for (const part of parts) for (const cut of part.cuts) cuts.push({ ...cut, ref: part.ref });
  // From the end of each string to its start, so that offsets stay true.
  cuts.sort((a, b) => b.offset - a.offset);
  for (const { pointer, offset, value, ref } of cuts) {
    const text = valueAt(event, pointer);
    const marker = `{${ref}}`;
    if (typeof text !== "string" || !text.startsWith(marker, offset)) continue;
    setAt(event, pointer, text.slice(0, offset) + value + text.slice(offset + marker.length));
  }
}

function setAt(root: Record<string, unknown>, pointer: string, value: Json): void {
  const tokens = pointerTokens(pointer);
  const last = tokens.pop();
  if (last === undefined) return;
  let parent = root;
  for (const token of tokens) {
    if (typeof parent[token] !== "object" || parent[token] === null || !Object.hasOwn(parent, token))
      setMember(parent, token, {} as unknown);
    parent = parent[token] as Record<string, unknown>;
  }
  setMember(parent, last, value as unknown);
}
