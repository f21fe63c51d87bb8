import { quoteName, TABLES } from "../schema/tables.ts";
import type { IndexDatabase } from "./index-database.ts";

/** The full name of the table of events. */
export function eventsTable(index: IndexDatabase): string {
  return `${quoteName(index.database)}.${TABLES.events}`;
}

/** The full name of the table of what is known of people. */
export function subjectsTable(index: IndexDatabase): string {
  return `${quoteName(index.database)}.${TABLES.subjects}`;
}

/** The full name of the table of references that are said to be one person. */
export function sameTable(index: IndexDatabase): string {
  return `${quoteName(index.database)}.${TABLES.same}`;
}
