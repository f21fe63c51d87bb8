import type { Json, RecordedEvent } from "@cairn/event";

/** A record of RingCentral's audit trail, as far as Cairn gives one. */
export interface AuditTrailRecord {
  readonly id: string;
  readonly eventTime: string;
  readonly actionId: string;
  readonly eventType: string;
  readonly accountId: string;
  readonly accountName?: string;
  readonly clientIp?: string;
  readonly comment?: string;
  readonly initiator: {
    readonly extensionId?: string;
    readonly extensionNumber?: string;
    readonly name?: string;
    readonly role?: string;
  };
  readonly target?: {
    readonly objectId?: string;
    readonly objectType?: string;
    readonly name?: string;
    readonly extensionNumber?: string;
    readonly siteId?: string;
  };
  readonly details: { readonly parameters: readonly AuditTrailParameter[] };
}

/** What changed, or what else is known. */
export interface AuditTrailParameter {
  readonly key: string;
  readonly value: string;
}

/** Says nothing. */
const DEFAULT_SOURCE = "api";

/** Presents an event as a record of the audit trail. What came from there comes out as it went in. */
export function presentRecord(event: RecordedEvent): AuditTrailRecord {
  return isRingCentrals(event) ? presentTheirs(event) : presentOther(event);
}

function isRingCentrals({ source, source_action }: RecordedEvent): boolean {
  return source === "ringcentral" && source_action !== undefined;
}

function presentTheirs(event: RecordedEvent): AuditTrailRecord {
  const rest = membersOf(event.details);
  const accountId = text(rest.accountId) ?? event.tenant;
  const accountName = text(rest.accountName);
  const parameters = parametersOf(membersOf(rest.details).parameters);
  return {
    ...presentCommon(event),
    id: event.id.startsWith(`${accountId}:`) ? event.id.slice(accountId.length + 1) : event.id,
    actionId: event.source_action ?? event.action,
    eventType: text(rest.eventType) ?? typeOf(event),
    accountId,
    ...(accountName === undefined ? {} : { accountName }),
    initiator: { ...initiatorOf(event), ...texts(rest.initiator) },
    ...targetOf(event, texts(rest.target)),
    details: { parameters },
  };
}

function presentOther(event: RecordedEvent): AuditTrailRecord {
  return {
    ...presentCommon(event),
    id: event.id,
    actionId: event.action,
    eventType: typeOf(event),
    accountId: event.tenant,
    initiator: initiatorOf(event),
    ...targetOf(event, {}),
    details: { parameters: [...changesOf(event), ...factsOf(event)] },
  };
}

function presentCommon({ occurred_at: eventTime, context, description: comment }: RecordedEvent) {
  return {
    eventTime,
    ...(context?.ip === undefined ? {} : { clientIp: context.ip }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function typeOf({ verb }: RecordedEvent): string {
  return (verb ?? "other").toUpperCase();
}

/** A forgotten person keeps their reference. */
function initiatorOf({ actor }: RecordedEvent): AuditTrailRecord["initiator"] {
  const { id, ref, email, role } = actor;
  const extensionId = id ?? ref;
  const name = actor.name ?? email ?? (actor.type === "system" ? "System" : undefined);
  return {
    ...(extensionId === undefined ? {} : { extensionId }),
    ...(name === undefined ? {} : { name }),
    ...(role === undefined ? {} : { role }),
  };
}

function targetOf(
  { targets }: RecordedEvent,
  known: Readonly<Record<string, string>>,
): Pick<AuditTrailRecord, "target"> {
  const [first] = targets ?? [];
  if (first === undefined && Object.keys(known).length === 0) return {};
  const objectId = first?.id ?? first?.ref;
  return {
    target: {
      ...(objectId === undefined ? {} : { objectId }),
      ...(first === undefined ? {} : { objectType: capitalised(first.type) }),
      ...(first?.name === undefined ? {} : { name: first.name }),
      ...known,
    },
  };
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Changes as RingCentral writes them: `oldX` and `newX`. */
function changesOf({ changes = [] }: RecordedEvent): AuditTrailParameter[] {
  return changes.flatMap(({ field, before, after }) => [
    ...parameter(`old${capitalised(field)}`, before as Json | undefined),
    ...parameter(`new${capitalised(field)}`, after as Json | undefined),
  ]);
}

/** What an event says that a record has no place for. */
function factsOf(event: RecordedEvent): AuditTrailParameter[] {
  const { outcome, targets = [], context, purpose, recipient, source, details } = event;
  return [
    ...parameter("outcome", isBad(outcome?.result) ? outcome?.result : undefined),
    ...parameter("outcomeReason", outcome?.reason),
    ...targets
      .slice(1)
      .flatMap(({ type, id, name }) => parameter("target", [type, id, name].filter(Boolean).join(" "))),
    ...parameter("userAgent", context?.user_agent),
    ...parameter("sessionId", context?.session_id),
    ...parameter("purpose", purpose),
    ...parameter("recipient", recipient),
    ...parameter("source", source === DEFAULT_SOURCE ? undefined : source),
    ...Object.entries(membersOf(details)).flatMap(([key, value]) => parameter(key, value)),
  ];
}

function isBad(result: string | undefined): boolean {
  return result === "failure" || result === "denied";
}

function parameter(key: string, value: Json | undefined): AuditTrailParameter[] {
  if (value === undefined || value === null) return [];
  return [{ key, value: typeof value === "string" ? value : JSON.stringify(value) }];
}

function parametersOf(value: Json | undefined): AuditTrailParameter[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.map((item) => {
    const { key, value: written } = membersOf(item);
    return { key: text(key) ?? "", value: text(written) ?? JSON.stringify(written ?? "") };
  });
}

function membersOf(value: unknown): Readonly<Record<string, Json | undefined>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function texts(value: Json | undefined): Record<string, string> {
  const all = Object.entries(membersOf(value)).filter(([, each]) => typeof each === "string");
  return Object.fromEntries(all) as Record<string, string>;
}
