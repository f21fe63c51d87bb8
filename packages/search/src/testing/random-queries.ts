import { FIELDS, type FieldName, fieldDefinition, type Observed, quoteValue } from "@cairn/event";
import fc from "fast-check";

/** Every text and number in an event, wherever it stands: what queries that find something are made of. */
function valuesOf(value: unknown, into: Set<string>): void {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") into.add(String(value));
  else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      into.add(key);
      valuesOf(each, into);
    }
  }
}

function pathsOf(value: unknown, path: string, into: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    const next = Array.isArray(value) ? path : `${path}.${/^[\w-]+$/.test(key) ? key : quoteValue(key)}`;
    into.add(next);
    pathsOf(each, next, into);
  }
}

const fields = Object.keys(FIELDS) as FieldName[];
const quoteBare = (text: string) => text.replace(/[\\\s()"*?:[\]]/gu, "\\$&");

/** Random queries over some events: every kind of field and operator, values that occur in them, bent a little. */
export function arbitraryQuery(events: readonly Observed[]): fc.Arbitrary<string> {
  const values = new Set<string>(["x", "*", "100", "a", "ß", "İ", "Σ"]);
  const paths = new Set<string>(["details", "labels", "changes.before", "changes.after"]);
  for (const event of events) {
    valuesOf(event.core, values);
    for (const part of event.parts) valuesOf(part.fields, values);
    pathsOf(event.core.details, "details", paths);
    pathsOf(event.core.labels, "labels", paths);
  }
  const value = fc.constantFrom(...[...values].filter((each) => each.trim() !== "" && each.length < 200));
  const word = value.chain((text) =>
    fc.constantFrom(text, ...text.split(/[^\p{L}\p{N}]+/u).filter((each) => each !== "")),
  );
  const bent = fc.oneof(
    { weight: 4, arbitrary: word },
    { weight: 2, arbitrary: value },
    { weight: 1, arbitrary: word.map((text) => text.toUpperCase()) },
    { weight: 1, arbitrary: word.map((text) => text.toLowerCase().normalize("NFD")) },
  );
  const written = fc.oneof(
    { weight: 3, arbitrary: bent.map(quoteValue) },
    { weight: 2, arbitrary: bent.map(quoteBare) },
    { weight: 2, arbitrary: fc.tuple(bent, fc.nat(20), fc.constantFrom("*", "?")).map(bend) },
    { weight: 1, arbitrary: fc.tuple(bent, fc.nat(20), fc.constantFrom("*", "?")).map((each) => `${bend(each)}*`) },
  );
  const number = fc.oneof(
    fc.constantFrom("0", "42", "-1", "1e3", "0.5"),
    fc.integer({ min: -1000, max: 1e9 }).map(String),
    fc.constantFrom(...[...values].filter((each) => /^-?\d+(\.\d+)?$/.test(each)), "7"),
  );
  const numeric = fc.oneof(
    fc.tuple(fc.constantFrom(":", ":>", ":>=", ":<", ":<="), number).map(([sign, each]) => `${sign}${each}`),
    fc.tuple(number, number).map(([low, high]) => `:[${low} TO ${high}]`),
    fc.tuple(number, number).map(([low, high]) => `:${low}..${high}`),
    number.map((low) => `:[${low} TO *]`),
    number.map((high) => `:..${high}`),
  );
  const time = fc
    .tuple(fc.constantFrom(...events.map((event) => event.core.occurred_at), "2026-02-03T04:05:06.789Z"), fc.nat(5))
    .map(([text, cut]) => [4, 7, 10, 16, 19, 24].map((length) => text.slice(0, length))[cut] ?? text);
  const timed = fc.oneof(
    fc.tuple(fc.constantFrom(":", ":>", ":>=", ":<", ":<=", ":="), time).map(([sign, each]) => `${sign}${each}`),
    fc.tuple(time, time).map(([low, high]) => `:[${low} TO ${high}]`),
  );
  const ips = [...values].filter((each) => /^[\d.]{7,}$|^[0-9a-f:]*:[0-9a-f:]*$/.test(each) && each !== "::");
  const ip = fc.oneof(
    fc.constantFrom(...ips, "203.0.113.42"),
    fc
      .tuple(fc.constantFrom(...ips.filter((each) => each.includes(".")), "10.0.0.1"), fc.nat(32))
      .map((cidr) => cidr.join("/")),
    fc.tuple(fc.nat(255), fc.constantFrom("*", "0.*", "1.2.*")).map(([first, rest]) => `${first}.${rest}`),
    fc.constantFrom("2001:db8::/32", "::/0", "[10.0.0.0 TO 200.0.0.0]", "10.0.0.0..", "0.0.0.0/0"),
  );
  const path = fc.constantFrom(...paths);
  const term = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...fields).chain((name) => termOf(name)) },
    { weight: 2, arbitrary: fc.tuple(path, written).map(([name, each]) => `${name}:${each}`) },
    { weight: 1, arbitrary: fc.tuple(path, written).map(([name, each]) => `${name}:=${each}`) },
    { weight: 1, arbitrary: fc.tuple(path, numeric).map(([name, each]) => `${name}${each}`) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("after", "before"), time).map((each) => each.join(":")) },
    { weight: 4, arbitrary: written },
    { weight: 1, arbitrary: fc.tuple(word, word).map(([a, b]) => quoteValue(`${a} ${b}`)) },
  );

  function termOf(name: FieldName): fc.Arbitrary<string> {
    const { kind, values: only } = fieldDefinition(name);
    const specific: fc.Arbitrary<string> = (() => {
      if (only !== undefined) return fc.constantFrom(...only.map((each) => `:${each}`), ":*e*", ":?????");
      switch (kind) {
        case "number":
          return numeric;
        case "time":
          return timed;
        case "ip":
          return ip.map((each) => `:${each}`);
        case "leaf":
        case "keyword":
        case "text":
        case "person":
        case "ref":
          return fc.tuple(fc.constantFrom(":", ":", ":="), written).map((each) => each.join(""));
      }
    })();
    return fc
      .oneof({ weight: 6, arbitrary: specific }, { weight: 1, arbitrary: fc.constant(":*") })
      .map((each) => `${name}${each}`);
  }

  const negated = fc.oneof({ weight: 4, arbitrary: term }, { weight: 1, arbitrary: term.map((each) => `-${each}`) });
  const both = fc.array(negated, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(" "));
  const either = fc.array(both, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(" OR "));
  return fc.oneof(
    { weight: 4, arbitrary: negated },
    { weight: 2, arbitrary: either },
    { weight: 1, arbitrary: fc.tuple(either, either).map(([a, b]) => `(${a}) NOT (${b})`) },
  );
}

/** Puts a wildcard in the place of a character. */
function bend([text, at, wildcard]: [string, number, string]): string {
  const characters = [...text];
  const place = at % characters.length;
  return characters.map((character, i) => (i === place ? wildcard : quoteBare(character))).join("");
}
