import { CairnError } from "../model/errors.ts";

/** Keys of the short form; `docs/event-model.md` documents them. */
const SHORT_KEYS = [
  "timestamp",
  "user",
  "username",
  "role",
  "resource",
  "target",
  "ip",
  "ip_address",
  "user_agent",
  "session_id",
  "request_id",
  "result",
] as const;

type Raw = Readonly<Record<string, unknown>>;

/** Tells whether an object uses any key of the short form. */
export function isShortForm(raw: Raw): boolean {
  for (const key of SHORT_KEYS) if (raw[key] !== undefined) return true;
  return typeof raw.actor === "string" || typeof raw.outcome === "string";
}

/**
 * Rewrites the short form to the canonical one: `user` becomes the actor's identifier, `resource` a target of that type,
 * `ip_address` and the ids go to the context, `result` to the outcome, and `before`/`after` inside `details` become one
 * change whose field is the action's second-last segment.
 * @throws CairnError alias_conflict when both forms of one thing are present
 */
export function expandShortForm(raw: Raw): Record<string, unknown> {
  const {
    timestamp,
    user,
    username,
    role,
    resource,
    target,
    ip,
    ip_address,
    user_agent,
    session_id,
    request_id,
    result,
    ...rest
  } = raw;
  const event: Record<string, unknown> = rest;
  if (timestamp !== undefined) place(event, "occurred_at", timestamp, "timestamp");
  expandActor(event, { user: user ?? username, role, alias: user === undefined ? "username" : "user" });
  if (user !== undefined && username !== undefined) conflict("username", "user");
  if (resource !== undefined) place(event, "targets", [{ type: resource }], "resource");
  if (target !== undefined) place(event, "targets", [target], "target");
  expandContext(event, [
    ["ip", ip, "ip"],
    ["ip", ip_address, "ip_address"],
    ["user_agent", user_agent, "user_agent"],
    ["session_id", session_id, "session_id"],
    ["request_id", request_id, "request_id"],
  ]);
  if (result !== undefined) place(event, "outcome", { result }, "result");
  else if (typeof event.outcome === "string") event.outcome = { result: event.outcome };
  expandChange(event);
  return event;
}

function expandActor(event: Record<string, unknown>, from: { user: unknown; role: unknown; alias: string }): void {
  if (typeof event.actor === "string") event.actor = { id: event.actor };
  if (from.user !== undefined) {
    place(
      event,
      "actor",
      typeof from.user === "object" && from.user !== null ? from.user : { id: from.user },
      from.alias,
    );
  }
  if (from.role !== undefined) event.actor = within(event.actor, "role", from.role, "/actor", "role");
}

function expandContext(event: Record<string, unknown>, moves: readonly (readonly [string, unknown, string])[]): void {
  for (const [key, value, alias] of moves) {
    if (value !== undefined) event.context = within(event.context, key, value, "/context", alias);
  }
}

function expandChange(event: Record<string, unknown>): void {
  const details = event.details;
  const action = event.action;
  if (typeof details !== "object" || details === null || Array.isArray(details) || typeof action !== "string") return;
  if (event.changes !== undefined || !("before" in details || "after" in details)) return;
  const { before, after, ...rest } = details as Record<string, unknown>;
  const segments = action.split(".");
  const change: Record<string, unknown> = { field: segments.at(-2) ?? action };
  if (before !== undefined) change.before = before;
  if (after !== undefined) change.after = after;
  event.changes = [change];
  if (Object.keys(rest).length > 0) event.details = rest;
  else delete event.details;
}

function place(event: Record<string, unknown>, field: string, value: unknown, alias: string): void {
  if (event[field] !== undefined) conflict(alias, field);
  event[field] = value;
}

function within(parent: unknown, key: string, value: unknown, pointer: string, alias: string): unknown {
  if (parent === undefined) return { [key]: value };
  if (typeof parent !== "object" || parent === null || Array.isArray(parent)) return parent; // the schema check names it
  if ((parent as Raw)[key] !== undefined) conflict(alias, `${pointer.slice(1)}.${key}`);
  return { ...parent, [key]: value };
}

function conflict(alias: string, field: string): never {
  throw new CairnError("alias_conflict", `\`${alias}\` is short for \`${field}\`, and both are given`, {
    pointer: `/${alias}`,
  });
}
