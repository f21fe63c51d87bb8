import type { CliOutput } from "./io.ts";

/** Draws how far something is on one line of a terminal; silent elsewhere. */
export interface ProgressBar {
  update(progress: { readonly done: number; readonly total: number | undefined; readonly text: string }): Promise<void>;
  /** Takes the line away, so that something else can be written. */
  clear(): Promise<void>;
}

const REDRAW_EVERY_MS = 100;
const BAR_CHARS = 24;
/** Back to the beginning of the line, and nothing on it. */
const ERASE = "\r\u001b[2K";

/** Makes a progress bar on an output. */
export function createProgressBar(output: CliOutput): ProgressBar {
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  return {
    async update({ done, total, text }) {
      if (!output.isTerminal || performance.now() - drawnAtMs < REDRAW_EVERY_MS) return;
      drawnAtMs = performance.now();
      isDrawn = true;
      const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
      const bar = share === undefined ? "" : `${drawBar(share)} ${String(Math.floor(share * 100)).padStart(3)} % `;
      await output.write(`${ERASE}${`${bar}${text}`.slice(0, Math.max(0, output.columns - 1))}`);
    },
    async clear() {
      if (!isDrawn) return;
      isDrawn = false;
      drawnAtMs = Number.NEGATIVE_INFINITY;
      await output.write(ERASE);
    },
  };
}

function drawBar(share: number): string {
  const filled = Math.round(share * BAR_CHARS);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_CHARS - filled)}]`;
}
