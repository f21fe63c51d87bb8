/** Bounds what is in memory at one time; whoever comes when it is full waits in line. */
export class Room {
  private taken = 0;
  private line: Promise<unknown> = Promise.resolve();
  private resume: (() => void) | undefined;
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /**
   * Runs `make` when there is room, one after the other, and counts the bytes it made until `release` is called. How much
   * it will be is not known before: one may overshoot.
   */
  enter<T extends { readonly bytes: number }>(make: () => Promise<T>): Promise<T & { release(): void }> {
    const turn = this.line.then(async () => {
      while (this.taken >= this.capacity) {
        await new Promise<void>((resolve) => {
          this.resume = resolve;
        });
      }
      const made = await make();
      this.taken += made.bytes;
      return { ...made, release: () => this.leave(made.bytes) };
    });
    this.line = turn.catch(() => undefined);
    return turn;
  }

  private leave(bytes: number): void {
    this.taken -= bytes;
    this.resume?.();
    this.resume = undefined;
  }
}
