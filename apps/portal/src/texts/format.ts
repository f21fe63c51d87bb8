/** Language of every text, number and date on the page; a translation brings its own. */
export const LANGUAGE = "en";

const NUMBER = new Intl.NumberFormat(LANGUAGE);
const COMPACT = new Intl.NumberFormat(LANGUAGE, { notation: "compact", maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });
const PLURAL = new Intl.PluralRules(LANGUAGE);
const RELATIVE = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "always" });
const LIST = new Intl.ListFormat(LANGUAGE, { type: "conjunction" });

/** Writes a count: `1,204`. */
export function number(value: number): string {
  return NUMBER.format(value);
}

/** Writes a count where there is little room: `1.2K`. */
export function compactNumber(value: number): string {
  return value < 10_000 ? NUMBER.format(value) : COMPACT.format(value);
}

/** Writes a share of 1: `42%`. */
export function percent(share: number): string {
  return PERCENT.format(share);
}

/** Picks the form that goes with a count; `#` in it stands for the count. */
export function plural(count: number, forms: { readonly one: string; readonly other: string }): string {
  return (PLURAL.select(count) === "one" ? forms.one : forms.other).replace("#", number(count));
}

/** Joins names as a sentence does: `a, b, and c`. */
export function listOf(names: readonly string[]): string {
  return LIST.format(names);
}

const STEPS = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** Writes how long ago a moment was: `3 days ago`. */
export function ago(moment: number, now: number): string {
  const distance = moment - now;
  const [unit, ms] = STEPS.find(([, size]) => Math.abs(distance) >= size) ?? STEPS[5];
  return RELATIVE.format(Math.trunc(distance / ms), unit);
}

const BYTES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Writes a size of a file: `1.2 MB`. */
export function fileSize(bytes: number): string {
  const step = Math.min(BYTES.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(LANGUAGE, {
    style: "unit",
    unit: BYTES[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  }).format(bytes / 1_000 ** step);
}
