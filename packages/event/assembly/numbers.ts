// Numbers that assembly and caller agree on. `src/compile/numbers.ts` has the same ones.

/** Objects whose keys are known: contexts of KEY entries. */
export const EVENT: u32 = 0;
export const CONTEXT: u32 = 1;
export const TARGET: u32 = 2;
export const OUTCOME_OBJECT: u32 = 3;
export const CHANGE: u32 = 4;
export const CLIENT: u32 = 5;

/** Fields of an event: texts first, then objects and arrays. */
export const ID: u32 = 0;
export const TENANT: u32 = 1;
export const OCCURRED_AT: u32 = 2;
export const ACTION_FIELD: u32 = 3;
export const VERB_FIELD: u32 = 4;
export const CATEGORY_FIELD: u32 = 5;
export const SOURCE: u32 = 6;
export const PURPOSE: u32 = 7;
export const RECIPIENT: u32 = 8;
export const DATA_CATEGORY: u32 = 9;
export const PARENT_ID: u32 = 10;
export const DESCRIPTION: u32 = 11;
export const SOURCE_ACTION: u32 = 12;
export const TEXT_FIELDS: u32 = 16;
export const ACTOR_FIELD: u32 = 16;
export const TARGETS: u32 = 17;
export const OUTCOME_FIELD: u32 = 18;
export const CONTEXT_FIELD: u32 = 19;
export const CHANGES: u32 = 20;
export const DETAILS: u32 = 21;
export const LABELS: u32 = 22;
export const FIELD_COUNT: u32 = 23;
/** Members of `context` that are texts; `client` comes behind them. */
export const CONTEXT_TEXTS: u32 = 6;

/** Paths that are there from the start, in this order. */
export const P_LOG: u32 = 1;
export const P_OCCURRED_AT: u32 = 2;
export const P_ACTION: u32 = 3;
export const P_VERB: u32 = 4;
export const P_CATEGORY: u32 = 5;
export const P_SOURCE: u32 = 6;
export const P_ID: u32 = 7;
export const P_PURPOSE: u32 = 8;
export const P_RECIPIENT: u32 = 9;
export const P_DATA_CATEGORY: u32 = 10;
export const P_PARENT_ID: u32 = 11;
export const P_DESCRIPTION: u32 = 12;
export const P_SOURCE_ACTION: u32 = 13;
export const P_OUTCOME: u32 = 14;
export const P_CONTEXT: u32 = 15;
export const P_TARGETS: u32 = 16;
export const P_CHANGES: u32 = 17;
export const P_DETAILS: u32 = 18;
export const P_ACTOR: u32 = 19;
export const P_OUTCOME_RESULT: u32 = 20;
export const P_OUTCOME_REASON: u32 = 21;
/** `/context/session_id`, `request_id`, `trace_id`. */
export const P_CONTEXT_TEXTS: u32 = 22;
/** `/targets/0`, then its `type`, `id`, `name`, `ref`; then of 1 to 9. */
export const P_TARGET: u32 = 25;
export const TARGET_PATHS: u32 = 5;
/** `/changes/0`, then its `field`, `before`, `after`; then of 1 to 9. */
export const P_CHANGE: u32 = 75;
export const CHANGE_PATHS: u32 = 4;
export const P_LABELS: u32 = 115;
/** `/context/client/kind`, `name`, `version`. */
export const P_CLIENT_TEXTS: u32 = 117;
/** Targets or changes that have paths from the start. */
export const MAX_ITEMS: u32 = 10;

/** Order in which texts are searched, hence of cuts. */
export const CUT_PURPOSE: u32 = 0;
export const CUT_RECIPIENT: u32 = 1;
export const CUT_DATA_CATEGORY: u32 = 2;
export const CUT_SOURCE_ACTION: u32 = 3;
export const CUT_DESCRIPTION: u32 = 4;
export const CUT_REASON: u32 = 5;
export const CUT_DETAILS: u32 = 7;
export const CUT_CHANGES: u32 = 8;
export const CUT_LABELS: u32 = 9;
