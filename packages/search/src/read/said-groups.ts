import { refWord } from "@cairn/event";
import type { IndexDatabase } from "../database/index-database.ts";
import { eventsTable } from "../database/tables.ts";
import { prepareScope, type SearchScope } from "./scope.ts";

/** Groups that somebody is said to be in from a time on, until something else is said. */
export interface SaidGroups {
  readonly ref: string;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly groups: readonly string[];
}

/** The unit separator of ASCII; a name that has it is counted with a space in its place. */
const SEPARATOR = "\u001f";

/**
 * Text that one statement carries. The engine parses values with the statement, of which it takes 256 KB, and references
 * stand there twice.
 */
const CHUNK_CHARS = 60_000;

/**
 * Counts the events that name no groups of their actor by those that the actor was said to be in at the time. The index
 * does not keep groups that were said: they come with the question, some people at a time.
 */
export async function countSaidGroups(
  index: IndexDatabase,
  scope: SearchScope,
  said: readonly SaidGroups[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const answers = await Promise.all(chunksOf(said).map((chunk) => countChunk(index, scope, chunk)));
  for (const [name, count] of answers.flat()) counts.set(name, (counts.get(name) ?? 0) + count);
  return counts;
}

interface Word {
  readonly ref: string;
  readonly fromMs: string;
  readonly groups: string;
}

/** Divides what was said into statements' worth; all that was said of a person stays together. */
function chunksOf(said: readonly SaidGroups[]): Word[][] {
  const chunks: Word[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const ofPerson of Map.groupBy(said, ({ ref }) => ref).values()) {
    const words = ofPerson.map(({ ref, fromMs, groups }) => ({
      ref: refWord(ref),
      fromMs: String(fromMs),
      groups: groups.map((name) => name.replaceAll(SEPARATOR, " ")).join(SEPARATOR),
    }));
    const length = words.reduce((sum, word) => sum + 2 * word.ref.length + word.fromMs.length + word.groups.length, 0);
    if (chars + length > CHUNK_CHARS) {
      chunks.push([]);
      chars = 0;
    }
    chars += length;
    chunks.at(-1)?.push(...words);
  }
  return chunks;
}

async function countChunk(
  index: IndexDatabase,
  scope: SearchScope,
  said: readonly Word[],
): Promise<(readonly [name: string, count: number])[]> {
  const { where, params } = await prepareScope(index, scope);
  const refs = params.strings(said.map(({ ref }) => ref));
  const times = params.strings(said.map(({ fromMs }) => fromMs));
  const groups = params.strings(said.map((word) => word.groups));
  const events =
    `SELECT toString(actor_ref) AS who, occurred_at AS at FROM ${eventsTable(index)} ` +
    `WHERE ${where} AND actor_ref IN ${refs} AND NOT arrayExists(value -> value != '', actor_groups)`;
  const words =
    "SELECT word.1 AS said_of, fromUnixTimestamp64Milli(toInt64(word.2), 'UTC') AS said_from, word.3 AS said_groups " +
    `FROM (SELECT arrayJoin(arrayZip(${refs}, ${times}, ${groups})) AS word)`;
  const rows = await index.query<[string, string | number]>({
    sql:
      "SELECT arrayJoin(splitByChar(char(31), said_groups)) AS name, count() FROM " +
      `(${events}) AS event ASOF INNER JOIN (${words}) AS said ON event.who = said.said_of AND event.at >= said.said_from ` +
      "GROUP BY name HAVING name != ''",
    params: params.values,
  });
  return rows.map(([name, count]) => [name, Number(count)]);
}
