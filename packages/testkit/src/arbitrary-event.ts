import type { EventInput } from "@cairn/event";
import { ACTOR_TYPES, CLIENT_KINDS, OUTCOMES, VERBS } from "@cairn/event";
import fc from "fast-check";

const name = fc.oneof(
  fc.constantFrom(
    "Jane Doe",
    "Al",
    "Dr. Müller",
    "jane.doe@company.com",
    "42",
    "O'Brien, Pat",
    "李雷",
    "bob@example.org",
    "a/b~c",
  ),
  fc.string({ minLength: 1, maxLength: 20, unit: "binary" }),
);
const phrase = fc.oneof(
  fc.constantFrom("Jane Doe viewed 42", "calendar of Al", "jane.doe@company.com, 203.0.113.42", "ünïcode Müller"),
  fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const jsonNumber = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  fc.constant(42),
);

/** Any JSON that the door accepts inside `details`. */
export const arbitraryJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    jsonNumber,
    phrase,
    name,
    tie("array"),
    tie("object"),
  ),
  array: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(
    fc.oneof(fc.constantFrom("a", "b", "user_id", "jane.doe@company.com", "x/y", "__proto__", "0"), phrase),
    tie("value"),
    { maxKeys: 5 },
  ),
})).value;

const principal = fc.record(
  {
    type: fc.constantFrom(...ACTOR_TYPES),
    id: name,
    name,
    email: fc.constantFrom("jane.doe@company.com", "Bob@Example.org", "x@y.zz"),
  },
  { requiredKeys: [] },
);

/** Any event that the door accepts, in canonical form; people, free text and details overlap often. */
export const arbitraryEventInput: fc.Arbitrary<EventInput> = fc
  .record({
    id: fc.uuid({ version: 7 }),
    occurred_at: fc
      .date({ min: new Date("1970-01-01"), max: new Date("2200-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    action: fc.constantFrom(
      "document.viewed",
      "user.login.failed",
      "settings.retention_policy.updated",
      "fax.opened",
      "x",
    ),
    verb: optional(fc.constantFrom(...VERBS)),
    category: optional(fc.constantFrom("access", "configuration", "Survéys")),
    actor: optional(
      fc.record(
        {
          ...{
            type: fc.constantFrom(...ACTOR_TYPES),
            id: name,
            name,
            email: fc.constantFrom("jane.doe@company.com", "x@y.zz"),
          },
          role: name,
          groups: fc.array(name, { maxLength: 3 }),
          on_behalf_of: principal,
        },
        { requiredKeys: [] },
      ),
    ),
    targets: optional(
      fc.array(
        fc.record(
          { type: fc.constantFrom("patient", "document", "user", "mailbox"), id: name, name: phrase },
          { requiredKeys: ["type"] },
        ),
        { maxLength: 4 },
      ),
    ),
    outcome: optional(
      fc.record({ result: fc.constantFrom(...OUTCOMES), reason: phrase }, { requiredKeys: ["result"] }),
    ),
    context: optional(
      fc.record(
        {
          ip: fc.oneof(fc.ipV4(), fc.constant("203.0.113.42"), fc.constant("2001:db8::1")),
          user_agent: phrase,
          session_id: name,
          request_id: name,
          location: name,
          client: fc.record({ kind: fc.constantFrom(...CLIENT_KINDS), name, version: name }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
    ),
    changes: optional(
      fc.array(fc.record({ field: name, before: arbitraryJson, after: arbitraryJson }, { requiredKeys: ["field"] }), {
        maxLength: 3,
      }),
    ),
    purpose: optional(phrase),
    recipient: optional(phrase),
    data_category: optional(phrase),
    parent_id: optional(name),
    inferred: optional(fc.boolean()),
    time_uncertain_ms: optional(fc.nat()),
    description: optional(phrase),
    details: optional(arbitraryJson),
    source: optional(fc.constantFrom("api", "auth0", "desk")),
    source_action: optional(phrase),
    labels: optional(
      fc.dictionary(fc.oneof(fc.constantFrom("env", "jane.doe@company.com"), name), phrase, { maxKeys: 3 }),
    ),
    warnings: optional(fc.array(phrase, { maxLength: 2 })),
  })
  .map((event) => JSON.parse(JSON.stringify(event)) as EventInput);
