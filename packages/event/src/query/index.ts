export {
  type AllNode,
  type AndNode,
  eachCondition,
  type FreeNode,
  type NotNode,
  type NumberBound,
  type OrNode,
  type Predicate,
  type QueryNode,
  type TermNode,
} from "./ast.ts";
export { QueryError, type QueryFault, type Span } from "./errors.ts";
export {
  FIELDS,
  type FieldKind,
  type FieldName,
  fieldDefinition,
  fieldNames,
  findField,
  TIME_BOUNDS,
} from "./fields.ts";
export { fold } from "./fold.ts";
export { formatQuery, quoteValue } from "./format.ts";
export { formatIpHex, type IpHex, type IpRange, ipHex, parseIpRange } from "./ip.ts";
export { eachLeaf, isUnder, type LeafSink, member, numberOfText } from "./leaves.ts";
export { QUERY_LIMITS } from "./limits.ts";
export { compileMatcher, type Matcher, type MatchOptions, matchEvent } from "./match.ts";
export { type Observed, type PlaceField, placeOf } from "./observed.ts";
export { type ParseOptions, parseQuery } from "./parse.ts";
export { ANY_ONE, ANY_RUN, compileGlob, type Glob, literalOf, type Piece } from "./pattern.ts";
export {
  mentionPattern,
  PERSON_PARTS,
  type PersonPart,
  type PersonRole,
  personField,
  personPattern,
} from "./person.ts";
export { compilePhrase, literalWords, type Phrase } from "./phrase.ts";
export { subjectPatternOf, subjectPatternsOf } from "./subject-patterns.ts";
export {
  compileSubjectPattern,
  type ResolveSubjects,
  type SubjectFact,
  type SubjectFactKind,
  type SubjectPattern,
  subjectPatternKey,
} from "./subjects.ts";
export { parseTimeSpan, type TimeSpan } from "./time.ts";
export { EventView, type Leaf } from "./view.ts";
export { foldCut, REF_SIGN, refsIn, refWord, toWords, wordRef } from "./words.ts";
