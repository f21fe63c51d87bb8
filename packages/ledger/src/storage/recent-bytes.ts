/** Keeps what was used last, as much as fits into a budget. */
export class RecentBytes<Value> {
  private readonly kept = new Map<string, { readonly value: Value; readonly bytes: number }>();
  private readonly budgetBytes: number;
  private total = 0;

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
  }

  get(key: string): Value | undefined {
    const known = this.kept.get(key);
    if (known === undefined) return undefined;
    // Last in the map is what was used last.
    this.kept.delete(key);
    this.kept.set(key, known);
    return known.value;
  }

  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    this.kept.set(key, { value, bytes });
    this.total += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.total <= this.budgetBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const known = this.kept.get(key);
    if (known === undefined) return;
    this.kept.delete(key);
    this.total -= known.bytes;
  }

  clear(): void {
    this.kept.clear();
    this.total = 0;
  }
}
