/**
 * The catalog of everything Cairn can answer instead of success. `docs/errors.md` has a line for each code and a test
 * holds the two together. A code is never reused for another meaning.
 */
interface ErrorKind {
  /** HTTP status when it is the answer to a whole request. */
  readonly status: number;
  /** Whether sending the same thing again can succeed. */
  readonly retryable: boolean;
  /** What the caller should do, one sentence. */
  readonly fix: string;
}

const kind = (status: number, fix: string): ErrorKind => ({
  status,
  retryable: status === 429 || status === 503 || status === 507 || status === 408,
  fix,
});

export const ERRORS = {
  // The request
  unauthenticated: kind(401, "Send `Authorization: Bearer <key>` with a key of this instance."),
  metrics_token_required: kind(
    401,
    "Send `Authorization: Bearer <token>` with the token of `--metrics-token`, or sign in as an operator; without a token only this machine itself reads metrics.",
  ),
  forbidden: kind(403, "Use a key that has the scope named in the message."),
  sign_in_failed: kind(
    401,
    "Check the address, the password and the code; after several failures wait for the time that is then given.",
  ),
  second_factor_required: kind(
    401,
    "Send the same again with `code`: the six digits of the authenticator app, or a recovery code.",
  ),
  second_factor_missing: kind(
    403,
    "Set up an authenticator app first (`POST /v1/me/totp`), or a passkey and sign in with it.",
  ),
  sign_in_locked: kind(
    429,
    "Wait for the seconds in `Retry-After`; an owner or `cairn members reset` can help meanwhile.",
  ),
  link_invalid: kind(403, "Ask for another link: this one has been used, has run out or was taken back."),
  tenant_suspended: kind(403, "Ask the operator of this instance: nobody of a suspended tenant gets in."),
  grant_required: kind(403, "Ask an owner of the tenant to let operators read its events for a time."),
  catalog_shared: kind(
    403,
    "Use a key of the whole project, or ask the operator of this instance: what the catalog says holds for all tenants of the project.",
  ),
  address_forbidden: kind(403, "Use the key from a network of its allow-list, or have the list changed."),
  origin_forbidden: kind(403, "Have the origin of the page added to the allowed origins of the project."),
  state_conflict: kind(
    409,
    "Read it again: it has changed meanwhile, the name is taken, or its state does not allow this.",
  ),
  source_disabled: kind(
    503,
    "The source is switched off here: switch it on, or send again later; nothing was recorded.",
  ),
  mail_unavailable: kind(503, "Nothing was sent; try again, or hand the link over in another way."),
  not_found: kind(404, "Check the path and the identifier; what belongs to another tenant is answered the same way."),
  method_not_allowed: kind(405, "Use one of the methods in the `Allow` header."),
  body_too_large: kind(413, "Send at most 10 MiB after decompression; split the batch."),
  batch_too_many_events: kind(413, "Send at most 1,000 events in one request; split the batch."),
  body_empty: kind(400, 'Send an event, `{"events": [...]}` or NDJSON lines.'),
  body_timeout: kind(408, "Send the body without pausing; retry on a better connection."),
  content_type_unsupported: kind(415, "Use `application/json` or `application/x-ndjson`."),
  content_encoding_unsupported: kind(415, "Use `gzip`, `zstd` or no `Content-Encoding`."),
  content_encoding_invalid: kind(400, "The compressed body is damaged or cut short; send it again."),
  utf8_invalid: kind(400, "Encode the body as UTF-8."),
  json_invalid: kind(400, "Correct the JSON at the line and column given."),
  body_invalid: kind(400, "Correct the body at the line and column given; nothing of it could be read."),
  definition_invalid: kind(
    400,
    "Correct the mapping definition at the pointer given; docs/sources/mapping.md describes it.",
  ),
  parameter_invalid: kind(400, "Correct the parameter named in the message."),
  query_invalid: kind(400, "Correct the query at the character given; docs/query-language.md describes the language."),
  cursor_invalid: kind(400, "Start again without a cursor: cursors belong to one query and one server."),
  tenant_required: kind(
    400,
    "Name the tenant in the event (`tenant`) or in the `Cairn-Tenant` header: the key belongs to a project.",
  ),
  atomic_rejected: kind(
    422,
    "Nothing was recorded, because `atomic=true` and at least one event was refused; correct those and send all again.",
  ),
  idempotency_key_invalid: kind(400, "Use 1 to 200 visible ASCII characters as `Idempotency-Key`."),
  too_many_requests: kind(429, "Wait for the seconds in `Retry-After`, then send again."),
  overloaded: kind(
    503,
    "Wait for the seconds in `Retry-After`, then send again; nothing of this request was recorded.",
  ),
  shutting_down: kind(503, "The server is stopping; send again after `Retry-After`."),
  index_unavailable: kind(
    503,
    "Search is starting or catching up; the record itself is safe. Try again after `Retry-After`.",
  ),
  query_too_expensive: kind(422, "Narrow the time range or add a filter: the query hit its time or memory limit."),
  disk_full: kind(507, "Free disk space on the server; reading and verification go on meanwhile."),
  clock_jumped: kind(
    503,
    "The server's clock went ahead by more than a minute; an operator must confirm with `cairn doctor`.",
  ),
  ledger_stopped: kind(
    503,
    "The ledger refuses to sign because its state disagrees with the rollback guard; an operator must run `cairn doctor`.",
  ),
  wait_timeout: kind(503, "The event is recorded; ask again for its proof or search for it."),
  conflict: kind(409, "The same identity was used before with other content; give the new event an id of its own."),
  internal: kind(500, "A fault of the server; the log of the server has the details under the request id."),

  // One event of a batch
  not_an_object: kind(422, "An event is a JSON object."),
  field_missing: kind(422, "Add the field named by the pointer."),
  field_unknown: kind(422, "Remove the field, correct its name, or put it under `details`."),
  field_type: kind(422, "Give the field the type named in the message."),
  field_value: kind(422, "Use one of the values named in the message."),
  field_length: kind(422, "Shorten (or fill) the field to the length named in the message."),
  field_format: kind(422, "Write the field in the format named in the message."),
  alias_conflict: kind(422, "Use either the short form or the canonical field, not both."),
  source_reserved: kind(422, "Name the source otherwise: `cairn` is what the server itself records under."),
  time_invalid: kind(422, "Write the time as RFC 3339 with an offset: 2026-03-04T05:06:07.089Z."),
  time_out_of_range: kind(422, "Use a time between 1970 and 2262."),
  ip_invalid: kind(422, "Use an IPv4 or IPv6 address; a host name belongs in `details`."),
  number_out_of_range: kind(422, "Send numbers beyond 2^53-1 as strings; JSON readers would change them silently."),
  duplicate_key: kind(422, "Remove the repeated key: readers disagree about which one counts."),
  text_invalid: kind(422, "Remove the lone surrogate: it cannot be encoded as UTF-8."),
  too_deep: kind(422, "Nest at most 32 levels."),
  event_too_large: kind(422, "Keep an event under 256 KiB; store documents elsewhere and log a reference."),
  schema_misfit: kind(422, "The action is strict: make `details` fit the schema of the action's catalog entry."),
  tenant_unexpected: kind(422, "Remove `tenant`: the key already belongs to a tenant."),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorPlace {
  /** JSON Pointer into the event or body. */
  readonly pointer?: string;
  /** Line of the body, from 1. */
  readonly line?: number;
  /** Column in that line, from 1, in characters. */
  readonly column?: number;
  /** Offset in a query, from 0, in characters. */
  readonly offset?: number;
  /** Length of what is wrong there, in characters. */
  readonly length?: number;
}

/** The only error that leaves a room on purpose: a code of the catalog, a sentence, and where. */
export class CairnError extends Error {
  readonly code: ErrorCode;
  readonly place: ErrorPlace;
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: ErrorPlace & { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const { retryAfterSeconds, cause: _cause, ...place } = options;
    this.name = "CairnError";
    this.code = code;
    this.place = place;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
