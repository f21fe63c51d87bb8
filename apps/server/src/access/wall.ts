import { CairnError, formatQuery, parseQuery, QUERY_LIMITS, type QueryNode } from "@cairn/event";

/** Longest wall: every query of its reader has to have room beside it. */
export const WALL_CHARS = 2_000;

/** Checks a wall that somebody sets. @throws CairnError query_invalid or parameter_invalid */
export function checkWall(wall: string): void {
  if (wall.length > WALL_CHARS) throw new CairnError("parameter_invalid", `wall: more than ${WALL_CHARS} characters`);
  if (parseQuery(wall, { nowMs: Date.now() }).kind === "all")
    throw new CairnError("parameter_invalid", "wall: an empty query is no wall; leave it out");
}

/** What of a query lies inside a wall. Both are understood by themselves first, so that no text breaks out of its half. */
export function walled(query: QueryNode, wall: string | undefined, nowMs: number): QueryNode {
  if (wall === undefined) return query;
  const inside = parseQuery(wall, { nowMs });
  return query.kind === "all" ? inside : { kind: "and", children: [inside, query], span: query.span };
}

/** The same as text, for whoever parses it again. @throws CairnError query_invalid when the two together are too long */
export function walledText(q: string, wall: string | undefined, nowMs: number): string {
  if (wall === undefined) return q;
  const text = formatQuery(walled(parseQuery(q, { nowMs }), wall, nowMs));
  if (text.length > QUERY_LIMITS.chars) throw new CairnError("query_invalid", "the query is too long");
  parseQuery(text, { nowMs });
  return text;
}

/** The wall of somebody in several walled groups: inside their own, and inside one of the groups'. */
export function joinWalls(own: string | undefined, ofGroups: readonly string[]): string | undefined {
  const any = ofGroups.length === 0 ? undefined : ofGroups.map((each) => `(${each})`).join(" OR ");
  if (own === undefined || any === undefined) return own ?? any;
  return `(${own}) (${any})`;
}
