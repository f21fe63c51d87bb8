import { GENERATED_ACTIONS, type GeneratedAction } from "./generate-events-actions.ts";
import { TimeWriter, writeHex, writeInteger, writeUuidV7 } from "./generate-events-bytes.ts";
import {
  GENERATED_SERVICES,
  type GeneratedSubject,
  type GeneratedTarget,
  makeSubjects,
  makeTargets,
} from "./generate-events-people.ts";
import { Random } from "./generate-events-random.ts";
import { makeWords, type Words, ZipfSampler } from "./generate-events-words.ts";

/** Which events are made. The same options make the same bytes, except for the times of `live` ones. */
export interface GenerateOptions {
  readonly seed: number;
  readonly subjects?: number;
  readonly targets?: number;
  /**
   * `live`: the last two seconds of a clock. `spread`: one after another over a range, each up to an hour late, as
   * history arrives.
   */
  readonly times:
    | { readonly kind: "live"; readonly nowMs: () => number }
    | { readonly kind: "spread"; readonly fromMs: number; readonly toMs: number; readonly events: number };
  /**
   * Number of tenants named in turn by the events (`t-00000`, …), each with five people and ten patients of its own; 0,
   * the default, names none.
   */
  readonly tenants?: number;
  /** Which of the tenants the n-th event belongs to, instead of one after the other. */
  readonly tenantOf?: (made: number) => number;
  /** Whether some names hold letters beyond ASCII; real ones do. */
  readonly names?: "some_beyond_ascii" | "ascii";
}

/** Makes events of about 500 bytes of JSON, straight into buffers: below two microseconds each. */
export interface EventGenerator {
  readonly subjects: readonly GeneratedSubject[];
  readonly targets: readonly GeneratedTarget[];
  readonly actions: readonly GeneratedAction[];
  readonly words: Words;
  /** Writes one event as JSON and gives the offset behind it. */
  writeEvent(target: Uint8Array, at: number): number;
  /** Writes `{"events":[…]}` and gives its length. */
  writeBatch(target: Uint8Array, count: number): number;
  /** Makes `{"events":[…]}` in a buffer of its own. */
  batch(count: number): Buffer;
}

/** Room that one event may need, in bytes. */
export const GENERATED_EVENT_MAX_BYTES = 1_000;

const LATE_MS = 3_600_000;
const LIVE_MS = 2_000;
/** A person begins a new session after about this many events. */
const SESSION_EVENTS = 64;
const SERVICE_SHARE = 0.03;
const NAMED_SHARE = 0.25;
const RARE_SHARE = 0.001;
/** Half of the events go to the first tenth of the targets. */
const HOT_SHARE = 0.5;
const HOT_PART = 10;
const TENANT_PEOPLE = 5;
const TENANT_PATIENTS = 10;
/** Spreads tenants over the people there are; prime. */
const TENANT_STRIDE = 37;

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
/** Text of a JSON string without its quotes. */
const inner = (text: string): string => JSON.stringify(text).slice(1, -1);

const HEAD = bytes('{"id":"');
const TIME = bytes('","occurred_at":"');
const TENANT = bytes(',"tenant":"t-');
const REQUEST = bytes('","request_id":"');
const DESCRIPTION = bytes('"},"description":"');
const TARGETS = bytes('","targets":[');
const SPACE = bytes(" ");
const EVENTS = bytes('{"events":[');
const END = bytes("]}");
const [COMMA, QUOTE] = [0x2c, 0x22];

/** Parts of `details` or `changes`: text, a number, text, perhaps a second number and more text. */
interface Shape {
  readonly before: Uint8Array;
  readonly limit: number;
  readonly between: Uint8Array | undefined;
  readonly after: readonly Uint8Array[];
}

const tails = (before: string, words: string, after: string): Uint8Array[] =>
  words.split(" ").map((word) => bytes(before + word + after));
const SECTIONS = "labs notes imaging billing orders intake consent history";

const SHAPES: Readonly<Record<GeneratedAction["shape"], Shape>> = {
  reading: {
    before: bytes('"details":{"pages":'),
    limit: 40,
    between: undefined,
    after: tails(',"section":"', SECTIONS, '"}}'),
  },
  file: {
    before: bytes('"details":{"bytes":'),
    limit: 4_000_000,
    between: undefined,
    after: tails(',"format":"', "pdf docx png dicom csv txt", '"}}'),
  },
  score: {
    before: bytes('"details":{"hits":'),
    limit: 900,
    between: bytes(',"score":0.5'),
    after: tails("", "1 2 3 4 5 6 7 8 9", "}}"),
  },
  ticket: {
    before: bytes('"details":{"ticket":"T-'),
    limit: 50_000,
    between: bytes('","attempt":'),
    after: [bytes("}}")],
  },
  change: {
    before: bytes('"changes":[{"field":"limit","before":'),
    limit: 365,
    between: bytes(',"after":'),
    after: [bytes("}]}")],
  },
};

/** An action's bytes, ready to copy. */
interface ActionBytes {
  readonly kind: GeneratedAction["target"];
  /** Without an outcome, which most events leave to the action's name; and with each. */
  readonly heads: readonly Uint8Array[];
  readonly word: Uint8Array;
  readonly shape: Shape;
}

/** An actor's bytes, up to the session. */
interface ActorBytes {
  readonly from: readonly [Uint8Array, Uint8Array];
  readonly name: Uint8Array;
}

/** Makes a generator. */
export function createEventGenerator(options: GenerateOptions): EventGenerator {
  return new Generator(options);
}

class Generator implements EventGenerator {
  readonly subjects: readonly GeneratedSubject[];
  readonly targets: readonly GeneratedTarget[];
  readonly actions = GENERATED_ACTIONS;
  readonly words = makeWords();
  private readonly options: GenerateOptions;
  private readonly random: Random;
  private readonly zipf: ZipfSampler;
  private readonly time = new TimeWriter();
  private readonly common: readonly Uint8Array[];
  private readonly rare: readonly Uint8Array[];
  private readonly actors: readonly ActorBytes[];
  private readonly services: readonly Uint8Array[];
  private readonly byKind: Readonly<Record<GeneratedAction["target"], readonly Uint8Array[]>>;
  private readonly byWeight: readonly ActionBytes[];
  private readonly sessions: Int32Array;
  private made = 0;

  constructor(options: GenerateOptions) {
    this.options = options;
    this.random = new Random(options.seed);
    const named = { random: new Random(1), names: options.names ?? "some_beyond_ascii" };
    this.subjects = makeSubjects(options.subjects ?? 500, named);
    this.targets = makeTargets(options.targets ?? 20_000, named);
    this.common = this.words.common.map((word) => bytes(` ${word}`));
    this.rare = this.words.rare.map((word) => bytes(` ${word}`));
    this.zipf = new ZipfSampler(this.common.length);
    this.actors = this.subjects.map(actorBytes);
    this.services = GENERATED_SERVICES.map((id, i) =>
      bytes(
        `"actor":{"type":"service","id":"${id}"},"context":{"ip":"192.0.2.${i + 1}","user_agent":"cairn-agent/1.4","session_id":"`,
      ),
    );
    this.byKind = {
      document: this.targetsOf("document"),
      patient: this.targetsOf("patient"),
      setting: this.targetsOf("setting"),
      none: [],
    };
    this.byWeight = GENERATED_ACTIONS.flatMap((action) => {
      const made = actionBytes(action);
      return Array.from({ length: action.weight }, () => made);
    });
    this.sessions = Int32Array.from({ length: this.subjects.length }, () => this.random.bits());
  }

  batch(count: number): Buffer {
    const target = Buffer.allocUnsafe(count * GENERATED_EVENT_MAX_BYTES + EVENTS.length + END.length);
    return target.subarray(0, this.writeBatch(target, count));
  }

  writeBatch(target: Uint8Array, count: number): number {
    target.set(EVENTS, 0);
    let at = EVENTS.length;
    for (let i = 0; i < count; i++) {
      if (i > 0) target[at++] = COMMA;
      at = this.writeEvent(target, at);
    }
    target.set(END, at);
    return at + END.length;
  }

  writeEvent(target: Uint8Array, start: number): number {
    const { random } = this;
    const timeMs = this.nextTimeMs();
    const dice = random.bits();
    const action = this.byWeight[random.below(this.byWeight.length)]!;
    let at = copy(target, start, HEAD);
    const uuid = { timeMs, a: random.bits(), b: random.bits(), c: random.bits() };
    at = writeUuidV7(target, at, uuid);
    at = copy(target, at, TIME);
    at = this.time.write(target, at, timeMs);
    // Of 64 events 7 tell their outcome: 4 times success, twice failure, once denied.
    at = copy(target, at, action.heads[Math.max(0, (dice & 63) - 56)]!);
    const { tenants = 0, tenantOf } = this.options;
    const tenant = tenants > 0 ? (tenantOf?.(this.made) ?? this.made % tenants) : -1;
    if (tenant !== -1) at = this.writeTenant(target, copy(target, at - 1, TENANT), tenant);
    this.made++;
    const actor = this.pickActor(tenant);
    at = this.writeActor(target, at, actor);
    at = copy(target, at, REQUEST);
    at = writeHex(target, at, random.bits(), 8);
    at = writeHex(target, at, uuid.a ^ uuid.b, 4);
    at = copy(target, at, DESCRIPTION);
    at = this.writeDescription(target, at, { action, actor });
    const targets = this.byKind[action.kind];
    if (targets.length > 0) {
      at = copy(target, at, TARGETS);
      at = copy(target, at, action.kind === "patient" ? this.pickPatient(targets, tenant) : this.pickTarget(targets));
    } else {
      target[at++] = QUOTE;
      target[at++] = COMMA;
    }
    return this.writeDetails(target, at, action.shape);
  }

  private nextTimeMs(): number {
    const { times } = this.options;
    if (times.kind === "live") return times.nowMs() - this.random.below(LIVE_MS);
    const share = Math.min(1, this.made / times.events);
    const late = this.random.below(LATE_MS);
    return Math.max(times.fromMs, Math.floor(times.fromMs + share * (times.toMs - times.fromMs)) - late);
  }

  private writeTenant(target: Uint8Array, at: number, number: number): number {
    for (let i = 4; i >= 0; i--) {
      const rest = Math.floor(number / 10);
      target[at + i] = 0x30 + number - rest * 10;
      number = rest;
    }
    target[at + 5] = QUOTE;
    target[at + 6] = COMMA;
    return at + 7;
  }

  /** The square makes some people much busier than others; -1 is a service. */
  private pickActor(tenant: number): number {
    const share = (this.random.bits() >>> 0) / 0x1_0000_0000;
    if (share < SERVICE_SHARE) return -1;
    if (tenant !== -1) return (tenant * TENANT_STRIDE + this.random.below(TENANT_PEOPLE)) % this.actors.length;
    const spread = (share - SERVICE_SHARE) / (1 - SERVICE_SHARE);
    return Math.floor(spread * spread * this.actors.length);
  }

  private writeActor(target: Uint8Array, at: number, actor: number): number {
    const dice = this.random.bits();
    if (actor === -1) {
      at = copy(target, at, this.services[dice & 3]!);
      return writeHex(target, writeHex(target, at, dice, 8), 0, 4);
    }
    if (((dice >>> 8) & (SESSION_EVENTS - 1)) === 0) this.sessions[actor] = dice;
    const session = this.sessions[actor]!;
    at = copy(target, at, this.actors[actor]!.from[session & 7 ? 0 : 1]);
    return writeHex(target, writeHex(target, at, session, 8), actor, 4);
  }

  private writeDescription(
    target: Uint8Array,
    at: number,
    { action, actor }: { readonly action: ActionBytes; readonly actor: number },
  ): number {
    const share = (this.random.bits() >>> 0) / 0x1_0000_0000;
    if (share < NAMED_SHARE && actor !== -1) {
      at = copy(target, at, this.actors[actor]!.name);
      at = copy(target, at, SPACE);
    }
    at = copy(target, at, action.word);
    for (let i = 0; i < 3; i++) at = copy(target, at, this.common[this.zipf.draw(this.random)]!);
    if (share > 1 - RARE_SHARE) at = copy(target, at, this.rare[this.random.below(this.rare.length)]!);
    return at;
  }

  private pickPatient(targets: readonly Uint8Array[], tenant: number): Uint8Array {
    if (tenant === -1) return this.pickTarget(targets);
    return targets[(tenant * TENANT_STRIDE + this.random.below(TENANT_PATIENTS)) % targets.length]!;
  }

  private pickTarget(targets: readonly Uint8Array[]): Uint8Array {
    const share = (this.random.bits() >>> 0) / 0x1_0000_0000;
    const part = share < HOT_SHARE ? share / HOT_SHARE / HOT_PART : (share - HOT_SHARE) / (1 - HOT_SHARE);
    return targets[Math.floor(part * targets.length)]!;
  }

  private writeDetails(target: Uint8Array, at: number, shape: Shape): number {
    at = copy(target, at, shape.before);
    const dice = this.random.bits() >>> 0;
    at = writeInteger(target, at, Math.floor((dice / 0x1_0000_0000) * shape.limit));
    if (shape.between !== undefined) {
      at = copy(target, at, shape.between);
      at = writeInteger(target, at, dice % 365);
    }
    return copy(target, at, shape.after[dice % shape.after.length]!);
  }

  private targetsOf(type: string): Uint8Array[] {
    return this.targets
      .filter((target) => target.type === type)
      .map(({ id, name }) =>
        bytes(`{"type":"${type}","id":"${id}"${name === undefined ? "" : `,"name":"${inner(name)}"`}}],`),
      );
  }
}

function copy(target: Uint8Array, at: number, from: Uint8Array): number {
  target.set(from, at);
  return at + from.length;
}

function actionBytes({ action, category, word, target, shape }: GeneratedAction): ActionBytes {
  const head = `","action":"${action}","category":"${category}",`;
  const success = bytes(`${head}"outcome":{"result":"success"},`);
  const failure = bytes(`${head}"outcome":{"result":"failure","reason":"timeout"},`);
  const denied = bytes(`${head}"outcome":{"result":"denied","reason":"missing role"},`);
  return {
    kind: target,
    heads: [bytes(head), success, success, success, success, failure, failure, denied],
    word: bytes(word),
    shape: SHAPES[shape],
  };
}

function actorBytes(subject: GeneratedSubject): ActorBytes {
  const { id, name, email, role, ips, userAgents } = subject;
  const actor = JSON.stringify({ id, name, email, role });
  const from = (i: 0 | 1): Uint8Array =>
    bytes(`"actor":${actor},"context":{"ip":"${ips[i]}","user_agent":"${userAgents[i]}","session_id":"`);
  return { from: [from(0), from(1)], name: bytes(inner(name)) };
}
