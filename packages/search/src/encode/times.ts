const CANONICAL_CHARS = 24;
const ZERO = 48;

let lastDate = "";
let lastDateMs = 0;

/**
 * Reads the canonical time of the event model (`2026-03-04T05:06:07.089Z`), remembering the date, which rarely changes
 * from one event to the next. Other forms go to the platform's parser.
 */
export function timeMsOf(text: string): number {
  if (text.length !== CANONICAL_CHARS) return Date.parse(text);
  if (!text.startsWith(lastDate) || lastDate === "") {
    lastDate = text.slice(0, 10);
    lastDateMs = Date.parse(lastDate);
  }
  const digit = (at: number) => text.charCodeAt(at) - ZERO;
  const two = (at: number) => digit(at) * 10 + digit(at + 1);
  return lastDateMs + two(11) * 3_600_000 + two(14) * 60_000 + two(17) * 1_000 + digit(20) * 100 + two(21);
}
