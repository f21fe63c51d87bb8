export { type AcceptedEvent, type ActionDefaults, acceptEvent, type DefaultedField, type DoorContext, UNCATEGORIZED } from "./door/accept.ts";
export { type BatchFormat, type BatchItem, parseBatch } from "./door/parse-batch.ts";
export { outcomeOfAction, verbOfAction } from "./door/verbs.ts";
export { canonicalJson } from "./json/canonical.ts";
export { countKeys, countStructuralColons, inspectJson } from "./json/inspect.ts";
export { isExactNumber, lineAndColumn, parseStrictJson } from "./json/parse-strict.ts";
export { escapePointerToken, pointerTokens, setMember, valueAt } from "./json/pointer.ts";
export { CairnError, type ErrorCode, type ErrorPlace, ERRORS } from "./model/errors.ts";
export {
  ACTION_PATTERN,
  ACTOR_TYPES,
  type ActorType,
  type CairnEvent,
  CLIENT_KINDS,
  type ClientKind,
  type EventActor,
  type EventChange,
  type EventContext,
  type EventInput,
  type EventPrincipal,
  EventSchema,
  type EventTarget,
  type Json,
  OUTCOMES,
  type OutcomeResult,
  type Receipt,
  type RecordedEvent,
  type Verb,
  VERBS,
} from "./model/event.ts";
export { canonicalIp, ipBytes } from "./model/ip.ts";
export { LIMITS } from "./model/limits.ts";
export { canonicalTime, formatTime, parseTime } from "./model/time.ts";
export { joinEvent } from "./personal/join.ts";
export { DEFAULT_PERSON_TARGET_TYPES, findPeople, type Identifier, isEmail, type PersonMention } from "./personal/people.ts";
export { type Cut, JOINT_REF, type SplitEvent, type SplitOptions, type SubjectPart, splitEvent } from "./personal/split.ts";
export { decodePart, encodePart, flattenCore, partPath, subjectPath, type UnitSink } from "./units/flatten.ts";
export { rootPath, type UnitPath } from "./units/unit-path.ts";
export { rebuildCore } from "./units/rebuild.ts";
