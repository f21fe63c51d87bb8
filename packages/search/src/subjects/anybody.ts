/** Everybody an event speaks of, a row each. */
export const ANYBODY = "arrayJoin(arrayConcat([toString(actor_ref), toString(behalf_ref)], `target.ref`, mentions))";
