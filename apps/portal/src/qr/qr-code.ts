import { codeWords } from "./blocks.ts";
import { MASKS, penaltyOf } from "./masks.ts";

/** Rows of modules; true is dark. Mutable while it is being drawn. */
export type Modules = boolean[][];

/** Centres of the alignment patterns of each version (ISO/IEC 18004 annex E). */
const ALIGNMENT: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
  [6, 30, 54],
  [6, 32, 58],
  [6, 34, 62],
];
/** Bits of correction level M in the format information. */
const LEVEL_M = 0;

/** Draws a text as a QR code of correction level M: rows of modules, true is dark, without the quiet zone around it. */
export function qrCode(text: string): readonly (readonly boolean[])[] {
  const { version, bytes } = codeWords(text);
  const { fixed, modules } = patterns(version);
  const places = dataPlaces(fixed);
  let best: { readonly modules: Modules; readonly penalty: number } | undefined;
  for (const [mask, isFlipped] of MASKS.entries()) {
    const drawn = modules.map((row) => [...row]);
    for (const [i, [y, x]] of places.entries()) {
      // Bits beyond the last byte are remainder bits: light, before the mask.
      const isDark = (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1;
      set(drawn, y, x, isDark !== isFlipped(y, x));
    }
    drawFormat(drawn, mask);
    const penalty = penaltyOf(drawn);
    if (best === undefined || penalty < best.penalty) best = { modules: drawn, penalty };
  }
  return best?.modules ?? [];
}

/** Everything that is not data: finders, timing, alignment, version, and room for the format. */
function patterns(version: number): { readonly fixed: Modules; readonly modules: Modules } {
  const size = 17 + 4 * version;
  const blank = () => Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const [fixed, modules] = [blank(), blank()];
  const draw = (y: number, x: number, isDark: boolean) => {
    if (y < 0 || x < 0 || y >= size || x >= size) return;
    set(fixed, y, x, true);
    set(modules, y, x, isDark);
  };
  const squares = (cy: number, cx: number, radius: number, light: readonly number[]) => {
    for (let y = -radius; y <= radius; y++)
      for (let x = -radius; x <= radius; x++) draw(cy + y, cx + x, !light.includes(Math.max(Math.abs(x), Math.abs(y))));
  };
  for (let i = 0; i < size; i++) {
    draw(6, i, i % 2 === 0);
    draw(i, 6, i % 2 === 0);
  }
  for (const [y, x] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const)
    squares(y, x, 4, [2, 4]);
  const centres = ALIGNMENT[version - 1] ?? [];
  for (const y of centres) {
    for (const x of centres) {
      const isFinder = (y === 6 && (x === 6 || x === size - 7)) || (y === size - 7 && x === 6);
      if (!isFinder) squares(y, x, 2, [1]);
    }
  }
  for (let i = 0; i < 9; i++) {
    draw(8, i, modules[8]?.[i] ?? false);
    draw(i, 8, modules[i]?.[8] ?? false);
    if (i < 8) {
      draw(8, size - 1 - i, false);
      draw(size - 1 - i, 8, false);
    }
  }
  draw(size - 8, 8, true);
  if (version >= 7) {
    const bits = (version << 12) | remainder(version, 12, 0x1f25);
    for (let i = 0; i < 18; i++) {
      const isDark = ((bits >> i) & 1) === 1;
      draw(Math.floor(i / 3), size - 11 + (i % 3), isDark);
      draw(size - 11 + (i % 3), Math.floor(i / 3), isDark);
    }
  }
  return { fixed, modules };
}

/** Where data goes: columns in pairs from the right, up and down in turn, past what is fixed. */
function dataPlaces(fixed: Modules): readonly (readonly [y: number, x: number])[] {
  const size = fixed.length;
  const places: (readonly [number, number])[] = [];
  let isUpward = true;
  for (let right = size - 1; right > 0; right -= 2) {
    // The column of the timing pattern is stepped over.
    if (right === 6) right--;
    for (let i = 0; i < size; i++) {
      const y = isUpward ? size - 1 - i : i;
      for (const x of [right, right - 1]) if (fixed[y]?.[x] === false) places.push([y, x]);
    }
    isUpward = !isUpward;
  }
  return places;
}

/** Correction level and mask, twice (ISO/IEC 18004 §7.9). */
function drawFormat(modules: Modules, mask: number): void {
  const size = modules.length;
  const data = (LEVEL_M << 3) | mask;
  const bits = ((data << 10) | remainder(data, 10, 0x537)) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const isDark = ((bits >> i) & 1) === 1;
    // Down the column beside the first finder, past the timing pattern; and along the bottom and the right.
    if (i < 6) set(modules, i, 8, isDark);
    else if (i < 8) set(modules, i + 1, 8, isDark);
    else if (i === 8) set(modules, 8, 7, isDark);
    else set(modules, 8, 14 - i, isDark);
    if (i < 8) set(modules, 8, size - 1 - i, isDark);
    else set(modules, size - 15 + i, 8, isDark);
  }
}

/** Remainder of a BCH code: `value` shifted by `length` bits, divided by a polynomial of that degree. */
function remainder(value: number, length: number, polynomial: number): number {
  let rest = value;
  for (let i = 0; i < length; i++) rest = (rest << 1) ^ ((rest >> (length - 1)) & 1 ? polynomial : 0);
  return rest & ((1 << length) - 1);
}

function set(modules: Modules, y: number, x: number, isDark: boolean): void {
  const row = modules[y];
  if (row !== undefined) row[x] = isDark;
}
