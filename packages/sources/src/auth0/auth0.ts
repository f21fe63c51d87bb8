import { isEmail, type Json, type Verb } from "@cairn/event";
import { actionSegment } from "../core/action-name.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import { asObject, type JsonObject, lookUp, member, text } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import { AUTH0_CODE_OF_NAME, AUTH0_CODES, type Auth0Code } from "./codes.ts";

export const AUTH0_SOURCE = "auth0";

export interface Auth0Options {
  /**
   * `mask` takes the name out of failed logins with a user name that does not exist (`fu`): people type passwords there.
   * The event then says so in its warnings.
   */
  readonly unknownUserNames: "keep" | "mask";
}

/** Makes the mapping of Auth0 log events, from a log stream or `GET /api/v2/logs`. `docs/sources/auth0.md` has the table. */
export function createAuth0Mapping(options: Auth0Options = { unknownUserNames: "keep" }): SourceMapping {
  return { name: AUTH0_SOURCE, map: (record, context) => mapAuth0(unwrapped(record), context, options) };
}

/** Event of a code that is in no table: kept, under its own name. */
const UNKNOWN: Omit<Auth0Code, "action"> = { verb: "other", category: "other", result: "unknown" };

function mapAuth0(given: JsonObject, context: MapContext, options: Auth0Options): MappedEvent {
  const { code, pointer } = codeOf(given);
  if (code === undefined)
    throw new SourceError("shape_invalid", "a log event of Auth0 has a `type`", { pointer: "/type" });
  const secret = options.unknownUserNames === "mask" && code === "fu" ? text(given.user_name) : undefined;
  const record = secret === undefined ? given : (masked(given, secret) as JsonObject);
  const known = AUTH0_CODES.get(code);
  const meaning = known ?? { ...UNKNOWN, action: `auth0.${actionSegment(code)}` };

  const { original, ...rest } = context;
  const kept = original === undefined || secret !== undefined ? rest : context;
  const draft = createDraft(record, kept, AUTH0_SOURCE);
  if (known === undefined) draft.warn(`unknown_code:${code}`);
  if (secret !== undefined) draft.warn("masked:/user_name");
  placeIdentity(draft);
  draft.moveTime("/date", { kind: "rfc3339" });
  draft.set("action", meaning.action, "table", [pointer]);
  draft.set("verb", verbOf(code, record) ?? meaning.verb, "table", [pointer]);
  draft.set("category", meaning.category, "table", [pointer]);
  draft.set("outcome.result", meaning.result, "table", [pointer]);
  draft.set("source_action", code, "code", [pointer]);
  draft.takeRepeats(code, "/type", "/type_code");
  placeReason(draft, meaning.result);
  placeActor(draft, code, meaning.category);
  placeTargets(draft, code, meaning.category);
  placeContext(draft);
  return draft.finish();
}

const MASK = "(masked)";

/** Takes a text out of a value wherever it stands. The original cannot be kept then. */
function masked(value: Json, secret: string): Json {
  if (typeof value === "string") return value.replaceAll(secret, MASK);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => masked(item, secret));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item as Json, secret)]));
}

/** Gives the log event of a webhook's `{log_id, data}`; what else the wrapper holds stays under `wrapper`. */
function unwrapped(record: JsonObject): JsonObject {
  const data = asObject(record.data);
  if (data === undefined || record.type !== undefined) return record;
  const { data: _data, log_id, ...wrapper } = record;
  const repeats = log_id === undefined || log_id === data.log_id;
  return {
    ...(repeats || data.log_id !== undefined ? {} : { log_id }),
    ...data,
    ...(repeats || data.log_id === undefined ? {} : { wrapper_log_id: log_id }),
    ...(Object.keys(wrapper).length === 0 ? {} : { wrapper }),
  };
}

/** The dashboard shows a name as `type` and the code as `type_code`; streams and the API have the code as `type`. */
function codeOf(record: JsonObject): { readonly code: string | undefined; readonly pointer: string } {
  const code = text(record.type_code);
  if (code !== undefined) return { code, pointer: "/type_code" };
  const type = text(record.type);
  if (type === undefined) return { code: undefined, pointer: "/type" };
  const named = AUTH0_CODES.has(type) ? type : AUTH0_CODE_OF_NAME.get(type.toLowerCase());
  return { code: named ?? type, pointer: "/type" };
}

/** What a log id is made of. Samples on paper have `<REDACTED>` in its place, and would all be one event. */
const USABLE_ID = /^[A-Za-z0-9_-]{6,200}$/;

function placeIdentity(draft: Draft): void {
  const pointer = ["/log_id", "/_id"].find((each) => USABLE_ID.test(draft.textAt(each) ?? ""));
  if (pointer !== undefined) draft.takeRepeats(draft.move("id", pointer), "/log_id", "/_id", "/wrapper_log_id");
  else if (draft.textAt("/log_id") !== undefined) draft.warn("id_unusable:/log_id");
}

function placeReason(draft: Draft, result: Auth0Code["result"]): void {
  const description = draft.move("description", "/description");
  if (result === "success") return;
  const error = draft.move("outcome.reason", "/details/error/message", "/details/error/oauthError");
  if (error === undefined) draft.set("outcome.reason", description, "description", ["/description"]);
  draft.takeRepeats(description, "/details/error/message");
}

/** Codes of machines: the client is who acts. */
const MACHINE_CODES: ReadonlySet<string> = new Set(["seccft", "feccft"]);

function placeActor(draft: Draft, code: string, category: string): void {
  const caller = "/details/request/auth/user";
  if (draft.textAt(`${caller}/user_id`) !== undefined || draft.textAt(`${caller}/email`) !== undefined) {
    draft.set("actor.type", "user");
    draft.move("actor.id", `${caller}/user_id`);
    draft.move("actor.name", `${caller}/name`);
    draft.move("actor.email", `${caller}/email`);
    return;
  }
  const id = draft.move("actor.id", "/user_id");
  const name = draft.textAt("/user_name");
  if (name !== undefined) {
    draft.movePerson("/user_name");
    if (id === undefined && !isEmail(name)) draft.set("actor.id", name, "user_name", ["/user_name"]);
  }
  if (id !== undefined || name !== undefined) draft.set("actor.type", "user");
  else if (isMachine(draft, code)) {
    draft.set("actor.type", "service");
    draft.move("actor.id", "/client_id");
    draft.move("actor.name", "/client_name");
  } else draft.set("actor.type", category === "system" ? "system" : "anonymous");
}

function isMachine(draft: Draft, code: string): boolean {
  const isCall = draft.at("/details/request/method") !== undefined;
  return draft.textAt("/client_id") !== undefined && (MACHINE_CODES.has(code) || isCall);
}

function placeTargets(draft: Draft, code: string, category: string): void {
  if (draft.textAt("/details/request/path") !== undefined) {
    draft.moveTarget({ type: "api_path", id: "/details/request/path" });
  }
  if (category === "user_administration" && draft.textAt("/user_id") !== undefined) {
    draft.moveTarget({ type: "user", id: "/user_id", name: "/user_name" });
  }
  if (!isMachine(draft, code) || draft.textAt("/user_id") !== undefined) {
    draft.moveTarget({ type: "application", id: "/client_id", name: "/client_name" });
  }
  draft.moveTarget({ type: "organization", id: "/organization_id", name: "/organization_name" });
}

function placeContext(draft: Draft): void {
  draft.move("context.ip", "/ip", "/details/request/ip");
  const agent = draft.move("context.user_agent", "/user_agent", "/details/request/userAgent");
  draft.takeRepeats(agent, "/details/request/userAgent");
  draft.move("context.session_id", "/details/session_id", "/details/refresh_token/session_id");
  draft.move("context.request_id", "/references/correlation_id");
  draft.move("context.trace_id", "/references/trace_id");
  const places = ["/location_info/city_name", "/location_info/country_name"];
  const place = places.map((pointer) => draft.textAt(pointer)).filter((name) => name !== undefined);
  draft.set("context.location", place.join(", "), "join", places);
  const isMobile = draft.at("/isMobile") === true || draft.at("/is_mobile") === true;
  const kind = isMobile ? "mobile" : /^Electron /.test(agent ?? "") ? "desktop" : undefined;
  draft.set("context.client.kind", kind, "table", ["/isMobile", "/user_agent"]);
}

const VERB_OF_METHOD: Readonly<Record<string, Verb>> = {
  get: "read",
  post: "create",
  put: "update",
  patch: "update",
  delete: "delete",
};

/** A call of the Management API is what its method says. */
function verbOf(code: string, record: JsonObject): Verb | undefined {
  if (code !== "sapi" && code !== "fapi") return undefined;
  const method = text(member(member(record.details, "request"), "method"));
  return lookUp(VERB_OF_METHOD, method?.toLowerCase());
}
