import { setTimeout as delay } from "node:timers/promises";
import { CairnError } from "@cairn/event";
import type { Source } from "@cairn/ledger";
import type { ServerContext } from "../../context.ts";
import { withProblem } from "../source-state.ts";
import type { SourceStates } from "../source-states.ts";
import { type SyslogListener, startSyslogListener } from "./syslog-listener.ts";

/** Kinds that listen. */
export const LISTENING_KINDS: readonly string[] = ["syslog"];
/** How often it is looked whether a tenant's time is over, or a port that was taken is free. */
const REFRESH_MS = 15_000;
/** How long whoever changes a source waits for its port: closing one waits for what it received to be recorded. */
const SETTLED_WITHIN_MS = 2_000;

interface Running {
  /** What it was started with. */
  readonly settings: string;
  readonly listener: SyslogListener;
}

/** Has every source listen that should. */
export class Listeners {
  private readonly context: ServerContext;
  private readonly states: SourceStates;
  /** Whether a tenant's sources are at work. */
  private readonly isLive: (tenantNo: number) => boolean;
  private readonly running = new Map<string, Running>();
  /** The change of each source that is under way: one after the other. */
  private readonly changes = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, number>();
  /** Ports of sources that are being written. */
  private readonly claims = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    context: ServerContext,
    parts: { readonly states: SourceStates; readonly isLive: (tenantNo: number) => boolean },
  ) {
    this.context = context;
    this.states = parts.states;
    this.isLive = parts.isLive;
  }

  start(): void {
    this.timer = setInterval(() => this.refresh(), REFRESH_MS).unref();
    this.refresh();
  }

  /** Ends all of them; what has arrived is recorded first. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    const ids = new Set([...this.running.keys(), ...this.changes.keys()]);
    await Promise.all([...ids].map((id) => this.settle(id)));
  }

  /** A source was made, changed or removed. Settles when its port is open or closed, or after a while without that. */
  async changed(id: string): Promise<void> {
    this.failures.delete(id);
    await Promise.race([this.settle(id), delay(SETTLED_WITHIN_MS, undefined, { ref: false })]);
  }

  /**
   * Writes a source whose port nobody else has or is about to take.
   * @throws CairnError state_conflict when another source has it; what `write` throws
   */
  async claiming({ id, kind, isEnabled, settings }: Source, write: () => Promise<void>): Promise<void> {
    const { port } = settings;
    if (!LISTENING_KINDS.includes(kind) || !isEnabled || typeof port !== "number") return write();
    const isTaken = this.enabled().some((other) => other.id !== id && other.settings.port === port);
    const isClaimed = this.claims.entries().some(([other, claimed]) => other !== id && claimed === port);
    if (isTaken || isClaimed) throw new CairnError("state_conflict", `settings/port: port ${port} is taken`);
    this.claims.set(id, port);
    try {
      await write();
    } finally {
      this.claims.delete(id);
    }
  }

  /** Looks at every source whether it listens and should. */
  refresh(): void {
    const wanted = this.enabled().map(({ id }) => id);
    for (const id of new Set([...wanted, ...this.running.keys()])) void this.settle(id);
  }

  private enabled(): Source[] {
    const { sources } = this.context.side.access;
    return sources.enabledIds(LISTENING_KINDS).flatMap((id) => sources.find(id) ?? []);
  }

  /** Brings a source to what it should be, once what is under way with it is done. */
  private settle(id: string): Promise<void> {
    const change = (this.changes.get(id) ?? Promise.resolve())
      .then(() => this.change(id))
      .catch((error: unknown) => this.context.log.error({ err: error, source: id }, "a source could not be changed"));
    this.changes.set(id, change);
    return change.finally(() => {
      if (this.changes.get(id) === change) this.changes.delete(id);
    });
  }

  private async change(id: string): Promise<void> {
    const source = this.wanted(id);
    const settings = JSON.stringify(source?.settings);
    const running = this.running.get(id);
    if (running !== undefined && running.settings !== settings) {
      this.running.delete(id);
      await running.listener.stop();
    } else if (running !== undefined) return;
    if (source === undefined || this.isStopped) return;
    try {
      const listener = await startSyslogListener(this.context, { source, states: this.states });
      this.running.set(id, { settings, listener });
      this.failures.delete(id);
      this.states.update(source, (state) => ({ ...withProblem(state, undefined), warnings: [] }));
    } catch (error) {
      const attempts = (this.failures.get(id) ?? 0) + 1;
      this.failures.set(id, attempts);
      const message = whyNotListening(error, source);
      if (attempts === 1) this.context.log.warn({ err: error, source: id }, "a source cannot listen; tried again");
      this.states.update(source, (state) => withProblem(state, { message, attempts }));
    }
  }

  private wanted(id: string): Source | undefined {
    if (this.isStopped) return undefined;
    const source = this.context.side.access.sources.find(id);
    const isWanted = source?.isEnabled === true && this.isLive(source.tenantNo);
    return isWanted ? source : undefined;
  }
}

/** Says what the owner of a source can do something about; where the server's files are is not for them. */
function whyNotListening(error: unknown, { settings }: Source): string {
  const { code } = error as { readonly code?: unknown };
  if (code === "EADDRINUSE") return `port ${String(settings.port)} is used by another program`;
  return `port ${String(settings.port)} cannot be opened${typeof code === "string" ? `: ${code}` : ""}`;
}
