/** The day of a moment (RFC 3339) in UTC, as a date field writes it; empty for none. */
export function dayOf(moment: string | null): string {
  return moment === null ? "" : moment.slice(0, 10);
}

/** The last moment of a day in UTC, RFC 3339; undefined for an empty field. */
export function endOfDay(day: string): string | undefined {
  return day === "" ? undefined : `${day}T23:59:59.000Z`;
}

/** A day some days from now, as a date field writes it. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
