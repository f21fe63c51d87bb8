/** Lower-case words joined by dots: `patient.record.viewed`. */
export const ACTION_PATTERN = "^[a-z0-9][a-z0-9_-]*(\\.[a-z0-9][a-z0-9_-]*)*$";

export const VERBS = [
  "create",
  "read",
  "update",
  "delete",
  "search",
  "export",
  "print",
  "copy",
  "send",
  "login",
  "logout",
  "grant",
  "revoke",
  "other",
] as const;
export const ACTOR_TYPES = ["user", "service", "system", "api", "operator", "agent", "anonymous"] as const;
export const OUTCOMES = ["success", "failure", "denied", "unknown"] as const;
export const CLIENT_KINDS = ["web", "desktop", "mobile", "api", "phone", "email"] as const;

export type Verb = (typeof VERBS)[number];
export type ActorType = (typeof ACTOR_TYPES)[number];
export type OutcomeResult = (typeof OUTCOMES)[number];
export type ClientKind = (typeof CLIENT_KINDS)[number];
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A person or thing that acts. `ref` is the subject reference the server gave to a person. */
export interface EventActor {
  readonly type: ActorType;
  readonly ref?: string;
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly role?: string;
  readonly groups?: readonly string[];
  readonly on_behalf_of?: EventPrincipal;
}

export interface EventPrincipal {
  readonly type: ActorType;
  readonly ref?: string;
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
}

export interface EventTarget {
  readonly type: string;
  readonly ref?: string;
  readonly id?: string;
  readonly name?: string;
}

export interface EventContext {
  readonly ip?: string;
  readonly user_agent?: string;
  readonly session_id?: string;
  readonly request_id?: string;
  readonly trace_id?: string;
  readonly location?: string;
  readonly client?: { readonly kind?: ClientKind; readonly name?: string; readonly version?: string };
}

export interface EventChange {
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** An event after the door: defaults filled in, aliases gone, times in UTC. Everything inside Cairn works on this. */
export interface CairnEvent {
  readonly id: string;
  /** RFC 3339, UTC, milliseconds: `2026-03-04T05:06:07.089Z`. */
  readonly occurred_at: string;
  readonly action: string;
  readonly verb: Verb;
  readonly category: string;
  readonly actor: EventActor;
  readonly targets?: readonly EventTarget[];
  readonly outcome: { readonly result: OutcomeResult; readonly reason?: string };
  readonly context?: EventContext;
  readonly changes?: readonly EventChange[];
  readonly purpose?: string;
  readonly recipient?: string;
  readonly data_category?: string;
  readonly parent_id?: string;
  readonly inferred?: boolean;
  readonly time_uncertain_ms?: number;
  readonly description?: string;
  readonly details?: Json;
  readonly source: string;
  readonly source_action?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
}

/** Fields that a producer may send; `schema.ts` says what each holds. */
export const EVENT_FIELDS = [
  ...(["id", "tenant", "occurred_at", "action", "verb", "category", "actor", "targets", "outcome", "context"] as const),
  ...(["changes", "purpose", "recipient", "data_category", "parent_id", "inferred", "time_uncertain_ms"] as const),
  ...(["description", "details", "source", "source_action", "labels", "warnings"] as const),
];

/** What the server adds when it commits an event. */
export interface Receipt {
  /** Epoch number of the ledger, from 1. */
  readonly ledger: number;
  /** Index of the entry in the tenant's event log, from 0. */
  readonly sequence: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly received_at: string;
  /** SHA-256 over the sorted commitments of the event's units, lower-case hex. */
  readonly event_root: string;
}

/** An event as it is read back: the event, its receipt and whose it is. */
export interface RecordedEvent extends CairnEvent, Receipt {
  readonly tenant: string;
  readonly project: string;
}
