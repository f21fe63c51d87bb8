import type { FileEntry } from "./file-entry.ts";
import type { FoundFile } from "./scan.ts";

/** What a file was like when it was last looked at. */
interface Seen {
  readonly size: number;
  readonly modifiedMs: number;
  /** Since when it is like that. */
  readonly sinceMs: number;
  /** How far it was read when there was nothing more to be had, and whether it stood still then. */
  exhausted?: Exhausted;
}

interface Exhausted {
  readonly key: string;
  readonly offset: number;
  readonly wasStill: boolean;
  /** What there is to say of it for as long. */
  readonly warning: string | undefined;
}

/** Remembers since when files are as they are: that is not asked of their clocks, which may be another machine's. */
export class Stillness {
  private readonly settleMs: number;
  private seen = new Map<string, Seen>();

  constructor(settleSeconds: number) {
    this.settleMs = settleSeconds * 1_000;
  }

  /** Takes note of what stands in the folder now. */
  observe(files: readonly FoundFile[], nowMs: number): void {
    const before = this.seen;
    this.seen = new Map(
      files.map(({ id, size, modifiedMs }) => {
        const known = before.get(id);
        const isSame = known?.size === size && known.modifiedMs === modifiedMs;
        return [id, isSame ? known : { size, modifiedMs, sinceMs: nowMs }];
      }),
    );
  }

  /** Whether a file has not changed for a while. */
  isStill(id: string, nowMs: number): boolean {
    return nowMs - (this.seen.get(id)?.sinceMs ?? nowMs) >= this.settleMs;
  }

  /** Notes that there is nothing more to be had of a file that was read so far, as long as it is as it is. */
  exhaust(
    id: string,
    { entry: { key, offset }, nowMs, warning }: LookedAt & { readonly warning: string | undefined },
  ): void {
    const seen = this.seen.get(id);
    if (seen !== undefined) seen.exhausted = { key, offset, wasStill: this.isStill(id, nowMs), warning };
  }

  /** Whether looking at a file that was read so far can tell nothing new; gives what was said of it then. */
  exhausted(id: string, { entry: { key, offset }, nowMs }: LookedAt): Pick<Exhausted, "warning"> | undefined {
    const exhausted = this.seen.get(id)?.exhausted;
    if (exhausted === undefined || exhausted.key !== key || exhausted.offset !== offset) return undefined;
    return exhausted.wasStill || !this.isStill(id, nowMs) ? exhausted : undefined;
  }
}

/** How far a file was read, and when. */
interface LookedAt {
  readonly entry: Pick<FileEntry, "key" | "offset">;
  readonly nowMs: number;
}
