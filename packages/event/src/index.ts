export { CATEGORY_PRESETS, type Category, DEFAULT_CATEGORIES } from "./catalog/categories.ts";
export { CompiledBody, CompiledEvent, type Unknown } from "./compile/compiled-body.ts";
export type { AcceptedEvent, ActionDefaults, DefaultedField, DoorContext } from "./door/accept.ts";
export { type BatchFormat, type BatchItem, parseBatch } from "./door/parse-batch.ts";
export { outcomeOfAction, verbOfAction } from "./door/verbs.ts";
export { canonicalJson } from "./json/canonical.ts";
export { CanonicalWriter } from "./json/canonical-writer.ts";
export { countKeys, countStructuralColons, inspectJson } from "./json/inspect.ts";
export { isExactNumber, lineAndColumn, parseStrictJson } from "./json/parse-strict.ts";
export { escapePointerToken, pointerTokens, setMember, valueAt } from "./json/pointer.ts";
export { CairnError, ERRORS, type ErrorCode, type ErrorPlace } from "./model/errors.ts";
export {
  ACTION_PATTERN,
  ACTOR_TYPES,
  type ActorType,
  type CairnEvent,
  CLIENT_KINDS,
  type ClientKind,
  EVENT_FIELDS,
  type EventActor,
  type EventChange,
  type EventContext,
  type EventPrincipal,
  type EventTarget,
  type Json,
  OUTCOMES,
  type OutcomeResult,
  type Receipt,
  type RecordedEvent,
  VERBS,
  type Verb,
} from "./model/event.ts";
export { canonicalIp, ipBytes } from "./model/ip.ts";
export { LIMITS } from "./model/limits.ts";
export type { EventInput } from "./model/schema.ts";
export { canonicalTime, formatTime, parseTime } from "./model/time.ts";
export { joinEvent } from "./personal/join.ts";
export {
  DEFAULT_PERSON_TARGET_TYPES,
  findPeople,
  type Identifier,
  isEmail,
  type PersonMention,
} from "./personal/people.ts";
export {
  type Cut,
  JOINT_REF,
  type SplitEvent,
  type SplitOptions,
  type SubjectPart,
  splitEvent,
} from "./personal/split.ts";
export {
  type AllNode,
  ANY_ONE,
  ANY_RUN,
  type AndNode,
  compileGlob,
  compileMatcher,
  compilePhrase,
  compileSubjectPattern,
  EventView,
  eachCondition,
  eachLeaf,
  FIELDS,
  type FieldKind,
  type FieldName,
  type FreeNode,
  fieldDefinition,
  fieldNames,
  findField,
  fold,
  foldCut,
  formatIpHex,
  formatQuery,
  type Glob,
  type IpHex,
  type IpRange,
  ipHex,
  isUnder,
  type Leaf,
  type LeafSink,
  literalOf,
  literalWords,
  type Matcher,
  type MatchOptions,
  matchEvent,
  member,
  mentionPattern,
  type NotNode,
  type NumberBound,
  numberOfText,
  type Observed,
  type OrNode,
  type ParseOptions,
  PERSON_PARTS,
  type PersonPart,
  type PersonRole,
  type Phrase,
  type Piece,
  type PlaceField,
  type Predicate,
  parseIpRange,
  parseQuery,
  parseTimeSpan,
  personField,
  personPattern,
  placeOf,
  QUERY_LIMITS,
  QueryError,
  type QueryFault,
  type QueryNode,
  quoteValue,
  REF_SIGN,
  type ResolveSubjects,
  refsIn,
  refWord,
  type Span,
  type SubjectFact,
  type SubjectFactKind,
  type SubjectPattern,
  subjectPatternKey,
  subjectPatternOf,
  subjectPatternsOf,
  type TermNode,
  TIME_BOUNDS,
  type TimeSpan,
  toWords,
  wordRef,
} from "./query/index.ts";
export { decodePart, flattenCore, partPath, partValue, subjectPath, type UnitSink } from "./units/flatten.ts";
export { rebuildCore } from "./units/rebuild.ts";
export { rootPath, type UnitPath } from "./units/unit-path.ts";
