import {
  checkGuard,
  type HeadUpdate,
  LedgerError,
  type LogState,
  newestEpochs,
  openGuard,
  openReaderSide,
  readHead,
  readLog,
  readLogs,
  Sealer,
} from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { connect } from "./rpc.ts";
import type { PublishedHead, SealerApi, SealerNews } from "./sealer-api.ts";
import { mainPort, offer, threadData } from "./thread-entry.ts";
import type { WriterApi } from "./writer-api.ts";

/** A log that grew by this much since its last look is busy: it is sealed at the next tick. */
const BUSY_ENTRIES = 100;
const TICK_MS = 200;
/** A log that is not busy is sealed at most this long after its first new entry. */
const LAZY_MS = 9_000;
/** A busy log is sealed at most this often. */
const BUSY_MS = 800;
/** Logs that are read on one state of the database: that must not be held for long, and a log may have much to hash. */
const LOGS_AT_A_TIME = 32;
/** Logs sealed in one round: one transaction in the database and one in the guard for all of them. */
const ROUND = 256;

const { paths, ports } = threadData();
const side = openReaderSide(paths);
const guard = openGuard(side);
checkGuard(side.db, guard);
const sealer = new Sealer({ db: side.db, signingSecret: side.secrets.signingSecret, kernel: createHashKernel() });
const writer = connect<WriterApi>(ports.writer!);
const main = connect<SealerNews>(mainPort());

/** Logs with entries that are not sealed yet. */
interface Pending {
  state: LogState;
  /** By the clock that only goes forward, like every time here: setting the wall clock must not hold a seal back. */
  readonly sinceMs: number;
  readonly fromSize: number;
  isAwaited: boolean;
}
const pending = new Map<string, Pending>();
/** What was sealed here last of each log. */
const sealed = new Map<string, { readonly atMs: number; readonly ledger: number; readonly size: number }>();
/** Heads that are durable in the database, and of which the guard and the world are still to hear. */
let unannounced: HeadUpdate[] = [];
let running: Promise<void> | undefined;
let isStopped = false;

const id = (log: { tenantNo: number; log: number }) => `${log.tenantNo}/${log.log}`;

function note(state: LogState): void {
  const known = pending.get(id(state));
  if (known !== undefined) known.state = state;
  else
    pending.set(id(state), {
      state,
      sinceMs: performance.now(),
      fromSize: sealedSize(state),
      isAwaited: false,
    });
}

function sealedSize(state: LogState): number {
  const known = sealed.get(id(state));
  return known?.ledger === state.ledger ? known.size : (readHead(side.db, state)?.size ?? -1);
}

function noteUnsealed(state: LogState): void {
  if ((readHead(side.db, state)?.size ?? -1) < state.size) note(state);
}

function isDue({ state, sinceMs, fromSize, isAwaited }: Pending, nowMs: number): boolean {
  if (isAwaited || fromSize === -1) return true;
  const isBusy = state.size - fromSize >= BUSY_ENTRIES;
  return nowMs - sinceMs >= (isBusy ? Math.max(0, BUSY_MS - (nowMs - (sealed.get(id(state))?.atMs ?? 0))) : LAZY_MS);
}

/** Seals due logs. Only one round runs at a time. */
function run(which: "due" | "all"): Promise<void> {
  running ??= seal(which).finally(() => {
    running = undefined;
  });
  return running;
}

async function seal(which: "due" | "all"): Promise<void> {
  while (!isStopped) {
    announce();
    const nowMs = performance.now();
    const due = [...pending.values()].filter((each) => which === "all" || isDue(each, nowMs)).slice(0, ROUND);
    if (due.length === 0) return;
    const updates = sealAll(due);
    const committed = updates.length === 0 ? [] : await writer.call("commitHeads", updates);
    unannounced.push(...committed);
    announce();
    const sizes = new Map(committed.map((head) => [id(head), head.size]));
    for (const one of due) settle(one, sizes.get(id(one.state)), nowMs);
  }
}

function sealAll(due: readonly Pending[]): HeadUpdate[] {
  const updates: HeadUpdate[] = [];
  for (let at = 0; at < due.length; at += LOGS_AT_A_TIME) {
    side.db.snapshot(() => {
      for (const { state } of due.slice(at, at + LOGS_AT_A_TIME)) {
        const update = sealer.seal(state);
        if (update !== undefined) updates.push(update);
      }
    });
  }
  return updates;
}

/** The order is the promise: database, guard, world. */
function announce(): void {
  if (unannounced.length === 0) return;
  guard.advance(unannounced);
  main.tell(
    "published",
    unannounced.map(
      ({ tenantNo, log, ledger, size, note: text }): PublishedHead => ({ tenantNo, log, ledger, size, note: text }),
    ),
  );
  unannounced = [];
}

function settle(one: Pending, size: number | undefined, nowMs: number): void {
  const key = id(one.state);
  pending.delete(key);
  const { state } = one;
  const headSize = size ?? readHead(side.db, state)?.size ?? -1;
  sealed.set(key, { atMs: nowMs, ledger: state.ledger, size: headSize });
  // It may have grown while it was sealed, or have had more entries than one checkpoint takes.
  if (headSize < state.size) pending.set(key, { ...one, sinceMs: nowMs, fromSize: headSize });
}

function stop(error: unknown): void {
  // A full disk passes: what is pending stays pending, and the next tick tries again.
  if (error instanceof LedgerError && error.code === "disk_full") return;
  isStopped = true;
  main.tell("stopped", { message: error instanceof Error ? error.message : String(error) });
}

const handlers: SealerApi = {
  committed: ({ logs }: Parameters<SealerApi["committed"]>[0]) =>
    side.db.snapshot(() => {
      for (const state of logs) note(state);
    }),
  hurry(log: Parameters<SealerApi["hurry"]>[0]) {
    // Who waits may be heard before the writer's word of what there is to wait for: that is committed in any case.
    if (!pending.has(id(log))) noteUnsealed(readLog(side.db, log.tenantNo, log.log));
    const known = pending.get(id(log));
    if (known === undefined) return;
    known.isAwaited = true;
    run("due").catch(stop);
  },
  sealAll: () => run("all"),
  async close() {
    clearInterval(timer);
    await run("all");
    isStopped = true;
    guard.close();
    side.close();
  },
};

offer(handlers);
for (const log of newestEpochs(readLogs(side.db))) noteUnsealed(log);
main.tell(
  "published",
  readLogs(side.db).flatMap((log): PublishedHead[] => {
    const head = readHead(side.db, log);
    return head === undefined
      ? []
      : [{ tenantNo: log.tenantNo, log: log.log, ledger: log.ledger, size: head.size, note: head.note }];
  }),
);
const timer = setInterval(() => run("due").catch(stop), TICK_MS);
