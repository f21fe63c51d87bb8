import { type CairnEvent, canonicalJson, type DefaultedField } from "@cairn/event";

/** What was found at the place of a suspected duplicate. */
export type Comparison = "duplicate" | "conflict" | "other_identity";

/**
 * Compares an event that came in with the stored one of equal fingerprint. Fields the server filled in, and fields that
 * only it adds, do not count: the same delivery later is still the same event.
 */
export function compareEvents(
  incoming: { readonly event: CairnEvent; readonly defaulted: readonly DefaultedField[] },
  stored: CairnEvent,
): Comparison {
  if (stored.id !== incoming.event.id || stored.source !== incoming.event.source) return "other_identity";
  const ignored = new Set<string>(incoming.defaulted);
  return comparable(incoming.event, ignored) === comparable(stored, ignored) ? "duplicate" : "conflict";
}

function comparable(event: CairnEvent, ignored: ReadonlySet<string>): string {
  const { warnings: _warnings, ...rest } = event;
  const kept = Object.fromEntries(Object.entries(rest).filter(([key]) => !ignored.has(key)));
  return canonicalJson(withoutRefs(kept));
}

function withoutRefs(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { actor, targets, ...rest } = value as Record<string, unknown>;
  return {
    ...rest,
    ...(actor === undefined ? {} : { actor: withoutRef(actor) }),
    ...(Array.isArray(targets) ? { targets: targets.map(withoutRef) } : {}),
  };
}

function withoutRef(person: unknown): unknown {
  if (typeof person !== "object" || person === null) return person;
  const { ref: _ref, on_behalf_of, ...rest } = person as Record<string, unknown>;
  return on_behalf_of === undefined ? rest : { ...rest, on_behalf_of: withoutRef(on_behalf_of) };
}
