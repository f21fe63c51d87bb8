/** Which modules each mask flips (ISO/IEC 18004 table 10). */
export const MASKS: readonly ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_y, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/** A finder with its light side: what a scanner could take for a corner. */
const FALSE_FINDERS = ["10111010000", "00001011101"];

/** How hard a code is to read, by the four rules of ISO/IEC 18004 §7.8.3: the least is best. */
export function penaltyOf(modules: readonly (readonly boolean[])[]): number {
  const columns = modules.map((_, x) => modules.map((row) => row[x] === true));
  let penalty = 0;
  let darkCount = 0;
  for (const line of [...modules, ...columns]) {
    const text = line.map((isDark) => (isDark ? "1" : "0")).join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
    for (const pattern of FALSE_FINDERS) {
      for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) penalty += 40;
    }
  }
  for (const [y, row] of modules.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (isDark) darkCount++;
      const isSquare = row[x + 1] === isDark && modules[y + 1]?.[x] === isDark && modules[y + 1]?.[x + 1] === isDark;
      if (isSquare) penalty += 3;
    }
  }
  const percent = (100 * darkCount) / modules.length ** 2;
  return penalty + 10 * Math.floor(Math.abs(percent - 50) / 5);
}
