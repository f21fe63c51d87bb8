import {
  type CairnEvent,
  canonicalJson,
  decodePart,
  JOINT_REF,
  joinEvent,
  partPath,
  type RecordedEvent,
  rebuildCore,
  type SubjectPart,
} from "@cairn/event";
import type { Unit } from "@cairn/merkle";

const LOG_PATH = "/log";
const SUBJECT_PREFIX = partPath("");

/**
 * Says in what the event shown differs from the units that its entry commits to; undefined when every value agrees.
 * The receipt is not compared: it is part of the entry, or of the proof's index.
 */
export function differenceFrom(event: RecordedEvent, units: readonly Unit[], origin: string): string | undefined {
  const texts = units.map(({ path, value }) => [path, new TextDecoder().decode(value)] as const);
  const log = texts.find(([path]) => path === LOG_PATH)?.[1];
  if (log !== JSON.stringify(origin)) return "the event does not say that it belongs to this log";
  const committed = rebuild(texts);
  if (committed === undefined) return "what the entry commits to is not an event";
  const { ledger: _, sequence: _s, received_at: _r, event_root: _e, tenant: _t, project: _p, ...shown } = event;
  if (canonicalJson(committed) === canonicalJson(shown)) return undefined;
  const keys = new Set([...Object.keys(committed), ...Object.keys(shown)]) as Set<keyof CairnEvent>;
  const differing = [...keys].filter((key) => textOf(committed[key]) !== textOf(shown[key]));
  return `what is shown is not what was recorded: ${differing.join(", ")}`;
}

/** Puts the event together from its units as the server does for reading. */
function rebuild(units: readonly (readonly [path: string, text: string])[]): CairnEvent | undefined {
  try {
    const core: (readonly [string, string])[] = [];
    const parts: SubjectPart[] = [];
    let joint: SubjectPart | undefined;
    for (const [path, text] of units) {
      if (path === partPath(JOINT_REF)) joint = decodePart(JOINT_REF, text);
      else if (path.startsWith(SUBJECT_PREFIX)) parts.push(decodePart(path.slice(SUBJECT_PREFIX.length), text));
      else if (path !== LOG_PATH) core.push([path, text]);
    }
    const event = joinEvent({ core: rebuildCore(core), parts, ...(joint === undefined ? {} : { joint }) });
    return JSON.parse(JSON.stringify(event)) as CairnEvent;
  } catch {
    // Hashes that agree say nothing about form: whoever signs the log can commit to anything.
    return undefined;
  }
}

function textOf(value: unknown): string {
  return value === undefined ? "" : canonicalJson(value);
}
