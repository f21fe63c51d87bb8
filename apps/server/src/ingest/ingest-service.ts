import { EventCompiler } from "@cairn/event/door";
import { EventReader, type ReaderSide } from "@cairn/ledger";
import { createHashKernel } from "@cairn/merkle";
import { type Client, Transfer } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { AdmittedEvent } from "./admitted-event.ts";
import { presentError, writeAnswer } from "./answer.ts";
import type { Delivery, DeliveryAnswer, Dialect } from "./delivery.ts";
import type { RecordAdmitted } from "./delivery-record.ts";
import { createDeliveries } from "./delivery-service.ts";
import { type Admission, type Admissions, DoorKeeper } from "./door-keeper.ts";
import type { IngestAnswer, IngestApi, IngestRequest } from "./ingest-api.ts";
import { type Outcome, Pipeline } from "./pipeline.ts";
import { Room } from "./room.ts";
import { TenantContexts } from "./tenant-contexts.ts";
import { TranslatedDoor } from "./translated-door.ts";
import type { Translation } from "./translation.ts";
import { UnitLimiter } from "./unit-limiter.ts";

/** Events of many small requests that are prepared as one batch: one hash call, one journal row for all. */
const GATHERED_EVENTS = 500;
/** Unpacked bodies whose events are under way: parsed they take about ten times as much memory. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
/** Groups that may wait for the writer while the next is prepared. A group that is not full waits until none does. */
const GROUPS_IN_FLIGHT = 3;
/** Refused events longer than this are kept cut: enough to see what they were. */
const REFUSED_CHARS = 64 * 1_024;

/** What of a request counts on its way through the pipeline. */
interface Sender {
  readonly keyId: string;
  readonly atomic: boolean;
}

/** A request that passed the door, on its way through the pipeline. */
interface Admitted {
  readonly request: Sender;
  readonly admissions: readonly Admission[];
  readonly outcomes: (Outcome | undefined)[];
  resolve(outcomes: readonly (Outcome | undefined)[]): void;
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
  translationOf = noTranslation,
}: {
  readonly side: ReaderSide;
  readonly writer: Client<WriterApi>;
  /** How bodies of other systems become events, for programs that take such. */
  readonly translationOf?: (dialect: Dialect) => Translation;
}): IngestApi {
  const compiler = EventCompiler.create(Math.random);
  const tenants = new TenantContexts({ side, writer });
  const door = new DoorKeeper({ tenants, compiler });
  const pipeline = new Pipeline({ writer, reader: new EventReader(side), kernel: createHashKernel(), compiler });
  const limiter = new UnitLimiter();
  const room = new Room(MAX_UNPACKED_BYTES);
  const queue: Admitted[] = [];
  let inFlight = 0;
  let isScheduled = false;

  async function ingest(request: IngestRequest): Promise<IngestAnswer> {
    limiter.check(request.keyId, Date.now());
    const { release, ...admitted } = await room.enter(() => door.admit(request));
    const { admissions, compiled } = admitted;
    rememberRefused(admissions, request);
    try {
      const outcomes = await queued(request, admissions);
      const { isProjectKey: showTenant, wantsPlaces } = request;
      return writeAnswer({ admissions, outcomes }, { showTenant, wantsPlaces });
    } finally {
      release();
      if (compiled !== undefined) compiler?.release(compiled);
    }
  }

  const recordDelivered: RecordAdmitted = async ({ admissions, compiled }: Admissions, delivery) => {
    rememberRefused(admissions, delivery);
    const release = (): void => {
      if (compiled !== undefined) compiler?.release(compiled);
    };
    try {
      return { outcomes: await queued({ keyId: delivery.keyId, atomic: false }, admissions), release };
    } catch (error) {
      release();
      throw error;
    }
  };

  const deliveries = createDeliveries({
    ...{ writer, translationOf, door: new TranslatedDoor({ tenants, compiler }), record: recordDelivered },
  });

  /** Has admitted events recorded together with those of others. Settles once they are durable. */
  function queued(request: Sender, admissions: readonly Admission[]): Promise<readonly (Outcome | undefined)[]> {
    return new Promise((resolve, reject) => {
      queue.push({ request, admissions, outcomes: admissions.map(() => undefined), resolve, reject });
      schedule();
    });
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
      for (const one of group) one.resolve(one.outcomes);
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

  function rememberRefused(
    admissions: readonly Admission[],
    { sourceId: source, origins }: Pick<IngestRequest, "sourceId" | "origins">,
  ): void {
    let tenantNo: number | undefined;
    const refused = admissions.flatMap((admission, i) => {
      if (admission.kind !== "refused" || admission.tenantNo === undefined) return [];
      tenantNo = admission.tenantNo;
      const error = JSON.stringify({ ...presentError(admission.error), ...origins?.[i] });
      const event = (JSON.stringify(admission.value) ?? "null").slice(0, REFUSED_CHARS);
      return [{ refusedAtMs: Date.now(), error, event, ...(source === undefined ? {} : { source }) }];
    });
    if (tenantNo !== undefined) writer.tell("refuse", { tenantNo, refused });
  }

  return {
    async ingest(request: IngestRequest) {
      const answer = await ingest(request);
      if (typeof answer.body === "string") return answer;
      return new Transfer(answer, [answer.body.buffer as ArrayBuffer]) as unknown as IngestAnswer;
    },
    async deliver(delivery: Delivery) {
      limiter.check(delivery.keyId, Date.now());
      const answer = await deliveries(delivery);
      if (answer.kind === "unreadable" || !(answer.results instanceof Uint8Array)) return answer;
      return new Transfer(answer, [answer.results.buffer as ArrayBuffer]) as unknown as DeliveryAnswer;
    },
    refresh() {
      tenants.forget();
      compiler?.forget();
      pipeline.forgetPeople();
    },
  };
}

function noTranslation(): never {
  throw new Error("BUG: a program that takes no deliveries was sent one");
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
