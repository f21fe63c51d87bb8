/** Arithmetic of GF(256) with the polynomial of QR codes, x⁸+x⁴+x³+x²+1 (ISO/IEC 18004 §7.5.2). */
const POLYNOMIAL = 0x11d;
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i++) {
  EXP[i] = value;
  EXP[i + 255] = value;
  LOG[value] = i;
  value = (value << 1) ^ (value & 0x80 ? POLYNOMIAL : 0);
}

/** Multiplies two elements. */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : (EXP[(LOG[a] ?? 0) + (LOG[b] ?? 0)] ?? 0);
}

/** Gives the power of the generator 2. */
export function power(exponent: number): number {
  return EXP[exponent % 255] ?? 1;
}

/** The Reed-Solomon remainder of a block: its correction bytes. */
export function correctionOf(data: Uint8Array, length: number): Uint8Array {
  // (x − 2⁰)(x − 2¹)…, highest power first and without the leading 1.
  let generator = new Uint8Array([1]);
  for (let i = 0; i < length; i++) {
    const next = new Uint8Array(generator.length + 1);
    for (const [j, each] of generator.entries()) {
      next[j] = (next[j] ?? 0) ^ each;
      next[j + 1] = (next[j + 1] ?? 0) ^ multiply(each, power(i));
    }
    generator = next;
  }
  const rest = new Uint8Array(data.length + length);
  rest.set(data);
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i] ?? 0;
    if (factor === 0) continue;
    for (const [j, each] of generator.entries()) rest[i + j] = (rest[i + j] ?? 0) ^ multiply(each, factor);
  }
  return rest.slice(data.length);
}
