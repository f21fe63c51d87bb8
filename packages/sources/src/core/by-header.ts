/** Headers of many tables; each is quickly found out again. */
const MAX_KNOWN = 2_000;

/** Remembers what a header of a table means: the rows of one have the same, and spelling it out costs time. */
export function byHeader<Meaning>(
  meaningOf: (header: string) => Meaning | undefined,
): (header: string) => Meaning | undefined {
  const known = new Map<string, Meaning | undefined>();
  return (header) => {
    if (known.has(header)) return known.get(header);
    if (known.size >= MAX_KNOWN) known.clear();
    const meaning = meaningOf(header);
    known.set(header, meaning);
    return meaning;
  };
}
