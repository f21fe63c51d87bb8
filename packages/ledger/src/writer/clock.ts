import { LedgerError } from "../error.ts";

/** Where time comes from; tests bring their own. */
export interface Clock {
  /** Wall clock, Unix milliseconds. */
  nowMs(): number;
  /** A clock that only goes forward, milliseconds from anywhere. */
  elapsedMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now(), elapsedMs: () => performance.now() };

/** A wall clock further ahead of elapsed time than this has been set, not passed. */
const MAX_JUMP_MS = 60_000;

/**
 * Guards `received_at`: it never goes back, and a wall clock that leaps forward stops sequencing until an operator
 * confirms, because one entry from the future would hold all later ones there.
 */
export class SequencingClock {
  private readonly clock: Clock;
  private lastWallMs: number;
  private lastElapsedMs: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.lastWallMs = clock.nowMs();
    this.lastElapsedMs = clock.elapsedMs();
  }

  /** Gives the wall clock. @throws LedgerError clock_jumped */
  nowMs(): number {
    const wall = this.clock.nowMs();
    const elapsed = this.clock.elapsedMs();
    const expected = this.lastWallMs + (elapsed - this.lastElapsedMs);
    if (wall > expected + MAX_JUMP_MS) {
      throw new LedgerError(
        "clock_jumped",
        `the clock is ${Math.round((wall - expected) / 1_000)} s ahead of the time elapsed`,
      );
    }
    // Moving the mark forward with the clock lets small corrections (NTP slewing) pass, and a clock set back stay back.
    this.lastWallMs = wall;
    this.lastElapsedMs = elapsed;
    return wall;
  }

  /** The operator confirms that the clock is right as it is now. */
  confirm(): void {
    this.lastWallMs = this.clock.nowMs();
    this.lastElapsedMs = this.clock.elapsedMs();
  }
}
