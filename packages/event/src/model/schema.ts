import Type, { type Static } from "typebox";
import { ACTION_PATTERN, ACTOR_TYPES, CLIENT_KINDS, OUTCOMES, VERBS } from "./event.ts";
import { LIMITS } from "./limits.ts";

const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  Type.Enum(values as unknown as [T[number], ...T[number][]], { description });
const closed = { additionalProperties: false } as const;

/** Who stands behind the actor: a support agent's user, a service's caller. */
const Principal = Type.Object(
  {
    type: Type.Optional(oneOf(ACTOR_TYPES, "What kind of principal.")),
    id: Type.Optional(text(LIMITS.nameChars, "The producer's identifier of the principal.")),
    name: Type.Optional(text(LIMITS.nameChars, "Its name at the time of the event.")),
    email: Type.Optional(text(LIMITS.emailChars, "Its e-mail address at the time of the event.")),
  },
  closed,
);

const Actor = Type.Object(
  {
    type: Type.Optional(
      oneOf(ACTOR_TYPES, "What kind of principal acted; `user` when absent and an id, name or email is given."),
    ),
    id: Type.Optional(text(LIMITS.nameChars, "The producer's identifier of the actor.")),
    name: Type.Optional(text(LIMITS.nameChars, "The actor's name at the time of the event.")),
    email: Type.Optional(text(LIMITS.emailChars, "The actor's e-mail address at the time of the event.")),
    role: Type.Optional(text(LIMITS.nameChars, "The role in which the actor acted.")),
    groups: Type.Optional(
      Type.Array(text(LIMITS.nameChars, "A group."), {
        maxItems: LIMITS.roles,
        description: "Groups of the actor at the time.",
      }),
    ),
    on_behalf_of: Type.Optional(Principal),
  },
  closed,
);

const Target = Type.Object(
  {
    type: text(LIMITS.nameChars, "What kind of thing was acted on, lower case: patient, document, setting."),
    id: Type.Optional(text(LIMITS.nameChars, "The producer's identifier of the target.")),
    name: Type.Optional(text(LIMITS.nameChars, "Its name at the time of the event.")),
  },
  closed,
);

const Outcome = Type.Object(
  {
    result: oneOf(OUTCOMES, "How it ended."),
    reason: Type.Optional(text(LIMITS.shortTextChars, "Why, in a few words or as a code.")),
  },
  closed,
);

const Client = Type.Object(
  {
    kind: Type.Optional(oneOf(CLIENT_KINDS, "Through what the actor reached the product.")),
    name: Type.Optional(text(LIMITS.nameChars, "Name of the client program.")),
    version: Type.Optional(text(LIMITS.nameChars, "Version of the client program.")),
  },
  closed,
);

const Context = Type.Object(
  {
    ip: Type.Optional(text(100, "IPv4 or IPv6 address the request came from.")),
    user_agent: Type.Optional(text(LIMITS.userAgentChars, "User-Agent as received.")),
    session_id: Type.Optional(text(LIMITS.idChars, "Session in the product.")),
    request_id: Type.Optional(text(LIMITS.idChars, "Request in the product.")),
    trace_id: Type.Optional(text(LIMITS.idChars, "W3C trace id.")),
    location: Type.Optional(text(LIMITS.nameChars, "Place, site or department, as the producer writes it.")),
    client: Type.Optional(Client),
  },
  closed,
);

const Change = Type.Object(
  {
    field: text(LIMITS.nameChars, "What changed."),
    before: Type.Optional(Type.Unknown({ description: "Value before, any JSON." })),
    after: Type.Optional(Type.Unknown({ description: "Value after, any JSON." })),
  },
  closed,
);

/** What a producer sends: the canonical form. `docs/event-model.md` explains each field. */
export const EventSchema = Type.Object(
  {
    id: Type.Optional(
      text(LIMITS.idChars, "Identity within `source`, for deduplication. Made by the SDK; a UUIDv7 is best."),
    ),
    tenant: Type.Optional(text(100, "Which tenant of the project; only with a project key.")),
    occurred_at: Type.Optional(text(40, "When it happened, RFC 3339 with offset. The server's time when absent.")),
    action: Type.String({
      minLength: 1,
      maxLength: LIMITS.actionChars,
      pattern: ACTION_PATTERN,
      description: "What happened, dotted lower case.",
    }),
    verb: Type.Optional(oneOf(VERBS, "The kind of access, for reports that span actions.")),
    category: Type.Optional(
      text(LIMITS.nameChars, "Which part of the product, from the project's list of categories."),
    ),
    actor: Type.Optional(Actor),
    targets: Type.Optional(Type.Array(Target, { maxItems: LIMITS.targets, description: "What was acted on." })),
    outcome: Type.Optional(Outcome),
    context: Type.Optional(Context),
    changes: Type.Optional(Type.Array(Change, { maxItems: LIMITS.changes, description: "Fields before and after." })),
    purpose: Type.Optional(text(LIMITS.shortTextChars, "Purpose of use: treatment, payment, a ticket number.")),
    recipient: Type.Optional(text(LIMITS.shortTextChars, "To whom data was disclosed or sent.")),
    data_category: Type.Optional(text(LIMITS.nameChars, "What kind of data: lab results, payroll.")),
    parent_id: Type.Optional(text(LIMITS.idChars, "The event this one is part of.")),
    inferred: Type.Optional(Type.Boolean({ description: "True when the event was concluded rather than observed." })),
    time_uncertain_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "How far off `occurred_at` may be." }),
    ),
    description: Type.Optional(text(LIMITS.descriptionChars, "A sentence for people.")),
    details: Type.Optional(Type.Unknown({ description: "Anything else, any JSON." })),
    source: Type.Optional(text(100, "Where the event comes from; names the space of `id`. `api` when absent.")),
    source_action: Type.Optional(text(LIMITS.shortTextChars, "The action in the words of the source.")),
    labels: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: LIMITS.shortTextChars }), {
        maxProperties: LIMITS.labels,
        description: "Short key-value marks.",
      }),
    ),
    warnings: Type.Optional(
      Type.Array(text(LIMITS.shortTextChars, "A warning."), {
        maxItems: LIMITS.warnings,
        description: "What was noticed on the way in.",
      }),
    ),
  },
  { ...closed, $id: "https://cairn.dev/schemas/event.json", title: "Cairn event" },
);

export type EventInput = Static<typeof EventSchema>;
