/** An event of the demo data, as `POST /v1/events` takes it, without what all of them share. */
export interface DemoEvent {
  readonly atMs: number;
  readonly action: string;
  readonly category: string;
  readonly actor: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly targets?: readonly object[];
  readonly context?: Readonly<Record<string, unknown>>;
  readonly outcome?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly object[];
  readonly purpose?: string;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
