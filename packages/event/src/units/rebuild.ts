import { pointerTokens, setMember } from "../json/pointer.ts";
import type { CairnEvent } from "../model/event.ts";

/** Paths under which a numeric token is an array index. */
const ARRAYS: ReadonlySet<string> = new Set(["targets", "changes"]);

/** Builds the core of an event from its units: path → RFC 8785 text. The inverse of `flattenCore`. */
export function rebuildCore(units: Iterable<readonly [path: string, value: string]>): CairnEvent {
  const root: Record<string, unknown> = {};
  for (const [path, value] of units) {
    const tokens = pointerTokens(path);
    const last = tokens.pop();
    if (last === undefined) continue;
    let parent = root;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      if (!Object.hasOwn(parent, token)) setMember(parent, token, (i === 0 && ARRAYS.has(token) ? [] : {}) as unknown);
      parent = parent[token] as Record<string, unknown>;
    }
    setMember(parent, last, parseValue(value));
  }
  return root as unknown as CairnEvent;
}

/** Most values are plain strings: their text is what stands between the quotes. */
function parseValue(text: string): unknown {
  if (text.charCodeAt(0) === 0x22 && !text.includes("\\")) return text.slice(1, -1);
  return JSON.parse(text) as unknown;
}
