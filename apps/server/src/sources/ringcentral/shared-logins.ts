import { type EventInput, formatTime } from "@cairn/event";
import { RINGCENTRAL_SOURCE } from "@cairn/sources";

/** When an extension was last signed in from which address, Unix milliseconds by address. */
export type KnownLogins = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A working day: who signs in from home in the morning and at work afterwards is one person, too, so nothing is proven. */
const SPAN_MS = 12 * 3_600_000;
const DAY_MS = 86_400_000;
/** Extensions and addresses remembered: a state is stored with each passage. */
const MAX_EXTENSIONS = 1_000;
const MAX_ADDRESSES = 20;

/** What sign-ins show, and what is to be remembered of them. */
export interface LoginFindings {
  readonly logins: KnownLogins;
  readonly events: readonly EventInput[];
}

/**
 * Makes visible that several people may share a login: an extension that was signed in from several addresses within half a
 * day is told once a day. The audit trail gives an address for each sign-in and no device.
 */
export function findSharedLogins(known: KnownLogins, events: readonly EventInput[]): LoginFindings {
  const logins = new Map(Object.entries(known).map(([extension, seen]) => [extension, new Map(Object.entries(seen))]));
  const found = new Map<string, EventInput>();
  for (const { action, outcome, actor, context, occurred_at: occurredAt } of events) {
    const timeMs = Date.parse(occurredAt ?? "");
    if (action !== "session.login" || outcome?.result !== "success" || Number.isNaN(timeMs)) continue;
    if (actor?.id === undefined || context?.ip === undefined) continue;
    const seen = logins.get(actor.id) ?? new Map<string, number>();
    logins.delete(actor.id);
    logins.set(actor.id, seen);
    seen.set(context.ip, Math.max(timeMs, seen.get(context.ip) ?? 0));
    const near = [...seen].filter(([, atMs]) => Math.abs(atMs - timeMs) <= SPAN_MS);
    const event = near.length < 2 ? undefined : sharedLogin({ id: actor.id, name: actor.name }, near, timeMs);
    if (event?.id !== undefined) found.set(event.id, event);
  }
  return { logins: bounded(logins), events: [...found.values()] };
}

function bounded(logins: ReadonlyMap<string, ReadonlyMap<string, number>>): KnownLogins {
  const newestMs = Math.max(0, ...[...logins.values()].flatMap((seen) => [...seen.values()]));
  const kept = [...logins].slice(-MAX_EXTENSIONS).flatMap(([extension, seen]) => {
    const recent = [...seen].filter(([, atMs]) => atMs >= newestMs - SPAN_MS).toSorted(([, a], [, b]) => a - b);
    return recent.length === 0 ? [] : [[extension, Object.fromEntries(recent.slice(-MAX_ADDRESSES))] as const];
  });
  return Object.fromEntries(kept);
}

function sharedLogin(
  extension: { readonly id: string; readonly name: string | undefined },
  near: readonly (readonly [address: string, atMs: number])[],
  timeMs: number,
): EventInput {
  const times = near.map(([, atMs]) => atMs);
  const day = Math.floor(timeMs / DAY_MS);
  return {
    id: `shared-login:${extension.id}:${day}`,
    source: RINGCENTRAL_SOURCE,
    occurred_at: formatTime(timeMs),
    action: "session.login_shared",
    verb: "other",
    category: "security",
    inferred: true,
    actor: { type: "system", name: "Cairn collector" },
    targets: [
      { type: "extension", id: extension.id, ...(extension.name === undefined ? {} : { name: extension.name }) },
    ],
    description: "Signed in from several addresses within half a day: several people may share this login.",
    details: {
      addresses: near.map(([address]) => address).toSorted(),
      window: { from: formatTime(Math.min(...times)), to: formatTime(Math.max(...times)) },
    },
  };
}
