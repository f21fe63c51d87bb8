import { EventCompiler } from "@cairn/event";
import { EventReader, type ReaderSide } from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { type Client, Transfer } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { AdmittedEvent } from "./admitted-event.ts";
import { presentError, writeAnswer } from "./answer.ts";
import { type Admission, DoorKeeper } from "./door-keeper.ts";
import type { IngestAnswer, IngestApi, IngestRequest } from "./ingest-api.ts";
import { type Outcome, Pipeline } from "./pipeline.ts";
import { Room } from "./room.ts";
import { UnitLimiter } from "./unit-limiter.ts";

/** Events of many small requests that are prepared as one batch: one hash call, one journal row for all. */
const GATHERED_EVENTS = 500;
/** Unpacked bodies whose events are under way: parsed they take about ten times as much memory. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
/** Groups that may wait for the writer while the next is prepared. A group that is not full waits until none does. */
const GROUPS_IN_FLIGHT = 3;
/** Refused events longer than this are kept cut: enough to see what they were. */
const REFUSED_CHARS = 64 * 1_024;

/** A request that passed the door, on its way through the pipeline. */
interface Admitted {
  readonly request: IngestRequest;
  readonly admissions: readonly Admission[];
  readonly outcomes: (Outcome | undefined)[];
  resolve(answer: IngestAnswer): void;
  reject(error: unknown): void;
}

/** One event of a group: whose request it is in, and where. */
interface Member {
  readonly owner: Admitted;
  readonly position: number;
}

/** Makes what an ingest thread does: reads requests, gathers small ones, records their events, answers. */
export function createIngest({
  side,
  writer,
}: {
  readonly side: ReaderSide;
  readonly writer: Client<WriterApi>;
}): IngestApi {
  const compiler = EventCompiler.create(Math.random);
  const door = new DoorKeeper({ side, writer, compiler });
  const pipeline = new Pipeline({ writer, reader: new EventReader(side), kernel: createHashKernel(), compiler });
  const limiter = new UnitLimiter();
  const room = new Room(MAX_UNPACKED_BYTES);
  const queue: Admitted[] = [];
  let inFlight = 0;
  let isScheduled = false;

  async function ingest(request: IngestRequest): Promise<IngestAnswer> {
    limiter.check(request.keyId, Date.now());
    const { admissions, compiled, release } = await room.enter(() => door.admit(request));
    rememberRefused(admissions, request);
    try {
      return await new Promise((resolve, reject) => {
        queue.push({ request, admissions, outcomes: admissions.map(() => undefined), resolve, reject });
        schedule();
      });
    } finally {
      release();
      if (compiled !== undefined) compiler?.release(compiled);
    }
  }

  function schedule(): void {
    if (isScheduled || queue.length === 0 || inFlight >= (isGroupFull() ? GROUPS_IN_FLIGHT : 1)) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      const group = takeGroup();
      inFlight++;
      void record(group).finally(() => {
        inFlight--;
        schedule();
      });
      schedule();
    });
  }

  function isGroupFull(): boolean {
    let events = 0;
    for (const { request, admissions } of queue) {
      events += admissions.length;
      if (request.atomic || events >= GATHERED_EVENTS) return true;
    }
    return false;
  }

  function takeGroup(): Admitted[] {
    // A request that wants all or nothing goes by itself: its batch is its transaction.
    if (queue[0]!.request.atomic) return queue.splice(0, 1);
    let count = 0;
    let events = 0;
    while (
      count < queue.length &&
      (count === 0 || events + queue[count]!.admissions.length <= GATHERED_EVENTS) &&
      !queue[count]!.request.atomic
    ) {
      events += queue[count++]!.admissions.length;
    }
    return queue.splice(0, count);
  }

  async function record(group: readonly Admitted[]): Promise<void> {
    try {
      const mode = group[0]!.request.atomic ? "all_or_nothing" : "each";
      const mayRecord = mode === "each" || group[0]!.admissions.every((admission) => admission.kind === "admitted");
      if (mayRecord) await recordTenants([...byTenant(group).values()], mode);
      for (const one of group) one.resolve(answer(one));
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  }

  async function recordTenants(tenants: readonly Member[][], mode: "each" | "all_or_nothing"): Promise<void> {
    if (tenants.length === 0) return;
    const nowMs = Date.now();
    const outcomes = await pipeline.record(
      tenants.map((members) => members.map(admittedOf)),
      {
        mode,
        onUnits(tenant, units) {
          const members = tenants[tenant]!;
          const share = units / members.length;
          for (const { owner } of members) limiter.spend(owner.request.keyId, share, nowMs);
        },
      },
    );
    for (const [tenant, members] of tenants.entries())
      for (const [i, { owner, position }] of members.entries()) owner.outcomes[position] = outcomes[tenant]![i];
  }

  function rememberRefused(admissions: readonly Admission[], request: IngestRequest): void {
    if (request.tenantNo === undefined) return;
    const refused = admissions.flatMap((admission) =>
      admission.kind === "refused"
        ? [
            {
              refusedAtMs: Date.now(),
              error: JSON.stringify(presentError(admission.error)),
              event: (JSON.stringify(admission.value) ?? "null").slice(0, REFUSED_CHARS),
              ...(request.sourceId === undefined ? {} : { source: request.sourceId }),
            },
          ]
        : [],
    );
    if (refused.length > 0) writer.tell("refuse", { tenantNo: request.tenantNo, refused });
  }

  return {
    async ingest(request: IngestRequest) {
      const answer = await ingest(request);
      if (typeof answer.body === "string") return answer;
      return new Transfer(answer, [answer.body.buffer as ArrayBuffer]) as unknown as IngestAnswer;
    },
    refresh() {
      door.refresh();
      compiler?.forget();
      pipeline.forgetPeople();
    },
  };
}

function admittedOf({ owner, position }: Member): AdmittedEvent {
  const admission = owner.admissions[position]!;
  if (admission.kind !== "admitted") throw new Error("BUG: a refused event on its way to the writer");
  return admission.admitted;
}

function byTenant(group: readonly Admitted[]): Map<number, Member[]> {
  const tenants = new Map<number, Member[]>();
  for (const owner of group) {
    for (const [position, admission] of owner.admissions.entries()) {
      if (admission.kind !== "admitted") continue;
      const { no } = admission.admitted.context.tenant;
      const members = tenants.get(no);
      if (members === undefined) tenants.set(no, [{ owner, position }]);
      else members.push({ owner, position });
    }
  }
  return tenants;
}

function answer({ request, admissions, outcomes }: Admitted): IngestAnswer {
  return writeAnswer({ admissions, outcomes }, { showTenant: request.isProjectKey, wantsPlaces: request.wantsPlaces });
}
