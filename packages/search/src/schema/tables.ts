import { QUERY_LIMITS } from "@cairn/event";
import { EVENT_COLUMNS } from "./columns.ts";

/**
 * Version of the tables below and of what the encoder writes into them. Raise it with every change of either: an index of
 * another version is built anew beside the old one.
 */
export const INDEX_SCHEMA_VERSION = 7;

/** Names of the tables of an index; all live in one database. */
export const TABLES = { events: "events", subjects: "subjects", same: "same_people", stamp: "stamp" } as const;

/** Lines of text that free words look in. The text index is on this, so it must stay word for word what queries name. */
const WORDS =
  "arrayStringConcat(arrayConcat([description, reason, source_action, also, action, actor_ref, behalf_ref], " +
  "`target.name`, `target.type`, `target.ref`, `target.id`, `leaf.words`), '\\n')";

/**
 * A folded text as words, where that is plain. One with signs beyond ASCII, which may be letters or not, and one so long
 * that a word of it may be cut are left out: they are in `also`, rightly taken apart.
 */
const wordsOf = (text: string) =>
  `if(length(${text}) > ${QUERY_LIMITS.wordChars} OR NOT isValidASCII(${text}), '', ` +
  `concat(' ', replaceRegexpAll(${text}, '[^a-z0-9]+', ' '), ' '))`;

/** What targets are called by: identifiers and references, each whole. Who did anything to this patient is asked most of all. */
const TARGET_KEYS = "arrayConcat(`target.id`, `target.ref`)";

/** The same lines with single spaces between words, for phrases and wildcards. References of people are left out. */
const TEXTS =
  `arrayStringConcat(arrayConcat([description, reason, source_action, also, ${wordsOf("action")}], ` +
  "`target.name`, `leaf.words`, " +
  `arrayMap(text -> ${wordsOf("text")}, arrayConcat(\`target.type\`, \`target.id\`))), '\\n')`;

/**
 * Rows are unique by (tenant, ledger, sequence). Words are found by the text index, whose postings answer alone; values
 * that are nearly unique by bloom filters, which cost 1.3 bytes a row instead of a posting and a dictionary entry.
 */
const EVENT_INDEXES = [
  // First, because it costs least to ask: of what lies beyond a snapshot it leaves nearly nothing for the others.
  "INDEX by_place (ledger, sequence) TYPE minmax",
  `INDEX by_words ${WORDS} TYPE text(tokenizer = splitByNonAlpha, posting_list_codec = 'bitpacking')`,
  `INDEX by_target ${TARGET_KEYS} TYPE text(tokenizer = array, posting_list_codec = 'bitpacking')`,
  ...["id", "session", "request", "trace", "parent", "ip"].map(
    (name) => `INDEX by_${name} ${name} TYPE bloom_filter(0.01)`,
  ),
  "INDEX by_number `leaf.number` TYPE bloom_filter(0.01)",
  "INDEX by_received_at received_at TYPE minmax",
];

/**
 * Inserts are durable when answered, and so is what merges make of them: at the engine's defaults a merge puts files that
 * were never synced in the place of ones that were. Costs nothing that can be measured.
 */
const DURABLE = { fsync_after_insert: 1, fsync_part_directory: 1, min_rows_to_fsync_after_merge: 1 } as const;

const EVENT_SETTINGS = {
  ...DURABLE,
  /** An insert repeated with its token within the last 1,000 is dropped; at the default none is. */
  non_replicated_deduplication_window: 1_000,
  /**
   * Merged parts are safe on the disk, so those that they replace need not stay for minutes; and an engine that has come to
   * rest looks for them for a few seconds only.
   */
  old_parts_lifetime: 1,
  /** Merging a row costs more than inserting it: at the default of 5 rows are merged more often than searches gain by. */
  merge_selector_base: 8,
  /** Rows found by the text index are read with their neighbours: a quarter of the default halves what rare phrases cost. */
  index_granularity: 2_048,
  /** Each of some 70 column files holds buffers of this size while a part is written; at the default an insert takes 300 MB. */
  max_compress_block_size: 65_536,
} as const;

/**
 * What is known of people: a row per fact, with when it was seen first and last, whatever the order in which it is heard of.
 * Forgetting a person deletes their rows and nothing else.
 */
const SUBJECT_COLUMNS = [
  "tenant UInt32",
  "ref String",
  "kind LowCardinality(String)",
  "folded String",
  "words SimpleAggregateFunction(any, String)",
  "value String",
  "first_at SimpleAggregateFunction(min, DateTime64(3, 'UTC'))",
  "seen_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))",
  "INDEX by_folded folded TYPE bloom_filter(0.01)",
  "INDEX by_words words TYPE text(tokenizer = splitByNonAlpha)",
];

/**
 * References that are said to be one person: the newest word of each counts. `person` is the same for all of one person,
 * and empty where a reference is a person by itself again.
 */
const SAME_COLUMNS = ["tenant UInt32", "ref String", "person String", "said_at DateTime64(3, 'UTC')"];

const settings = (values: Readonly<Record<string, number>>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");

/** Statements that make the tables of an index in a database of its own. Each can be repeated. */
export function createStatements(database: string): string[] {
  const name = quoteName(database);
  const columns = Object.entries(EVENT_COLUMNS).map(
    ([column, definition]) =>
      `\`${column}\` ${definition.type}${"codec" in definition ? ` CODEC(${definition.codec})` : ""}`,
  );
  const aliases = [
    `words String ALIAS ${WORDS}`,
    `texts String ALIAS ${TEXTS}`,
    `target_keys Array(String) ALIAS ${TARGET_KEYS}`,
  ];
  return [
    `CREATE DATABASE IF NOT EXISTS ${name}`,
    `CREATE TABLE IF NOT EXISTS ${name}.${TABLES.events} (${[...columns, ...aliases, ...EVENT_INDEXES].join(", ")}) ` +
      "ENGINE = MergeTree PARTITION BY toYYYYMM(received_at) ORDER BY (tenant, occurred_at, ledger, sequence) " +
      `SETTINGS ${settings(EVENT_SETTINGS)}`,
    `CREATE TABLE IF NOT EXISTS ${name}.${TABLES.subjects} (${SUBJECT_COLUMNS.join(", ")}) ` +
      "ENGINE = AggregatingMergeTree ORDER BY (tenant, ref, kind, folded, value) " +
      `SETTINGS ${settings(DURABLE)}`,
    `CREATE TABLE IF NOT EXISTS ${name}.${TABLES.same} (${SAME_COLUMNS.join(", ")}) ` +
      `ENGINE = ReplacingMergeTree(said_at) ORDER BY (tenant, ref) SETTINGS ${settings(DURABLE)}`,
    `CREATE TABLE IF NOT EXISTS ${name}.${TABLES.stamp} ` +
      "(schema_version UInt32, engine_version String, made_at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY made_at " +
      `SETTINGS ${settings(DURABLE)}`,
  ];
}

/** Quotes a name of a database or table. */
export function quoteName(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&")}\``;
}
