/** `900`, then the time at which Auth0 took the event in, then a sequence: 56 digits that no number holds. */
const LOG_ID = /^900(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})\d*$/;

/**
 * Reads the time that a log id carries, Unix milliseconds: when Auth0 took the event in, up to some seconds after its `date`.
 * Undefined for an id of another form.
 */
export function timeOfLogId(logId: string): number | undefined {
  const match = LOG_ID.exec(logId);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0] = match.slice(1).map(Number);
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  return new Date(timeMs).getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60 ? timeMs : undefined;
}

const LOG_ID_DIGITS = 56;

/** Makes the log id at which reading begins for a time: `from` of the first call of a checkpoint. */
export function logIdAt(timeMs: number): string {
  const digits = new Date(timeMs).toISOString().replaceAll(/[^0-9]/g, "");
  return `900${digits}`.padEnd(LOG_ID_DIGITS, "0");
}
