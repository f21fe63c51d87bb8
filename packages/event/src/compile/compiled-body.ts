/** Numbers of one event in {@link CompiledBody.records}. */
const RECORD_NUMBERS = 16;

/** What the compiler would have to know to take an event like this one. */
export interface Unknown {
  readonly kind: number;
  /** The text in the body, as it stands there. */
  readonly start: number;
  readonly end: number;
}

/** Buffers of a compiled body; they serve body after body. */
export interface CompiledBuffers {
  /** The messages of all units, one after the other, with zeroes where salts belong. */
  bytes: Uint8Array;
  /** Where each message begins, and its value. */
  starts: Uint32Array;
  valueStarts: Uint32Array;
  records: Uint32Array;
}

/** What a compiled body is made of. */
export interface CompiledBodyParts {
  readonly buffers: CompiledBuffers;
  readonly count: number;
  /** Unit paths of each shape, without `/log`. */
  readonly shapes: readonly (readonly string[])[];
  readonly categories: readonly string[];
  /** The compiler's epoch: later ones may know people by other references. */
  readonly epoch: number;
}

/** What became of a request body: each event compiled to the messages of its units, or left to the slow way. */
export class CompiledBody {
  readonly count: number;
  readonly epoch: number;
  readonly buffers: CompiledBuffers;
  private readonly shapes: readonly (readonly string[])[];
  private readonly categories: readonly string[];

  constructor({ buffers, count, shapes, categories, epoch }: CompiledBodyParts) {
    this.buffers = buffers;
    this.count = count;
    this.epoch = epoch;
    this.shapes = shapes;
    this.categories = categories;
  }

  isCompiled(index: number): boolean {
    return this.number(index, 0) === 1;
  }

  /** Where the event stands in the body. */
  start(index: number): number {
    return this.number(index, 2);
  }

  end(index: number): number {
    return this.number(index, 3);
  }

  /** Why an event was not compiled, when learning something would help next time. */
  unknown(index: number): Unknown | undefined {
    const kind = this.number(index, 1);
    return kind === 0 ? undefined : { kind, start: this.number(index, 4), end: this.number(index, 5) };
  }

  firstUnit(index: number): number {
    return this.number(index, 4);
  }

  /** Units of the event: `/log`, the core, then the parts. */
  unitCount(index: number): number {
    return this.number(index, 5);
  }

  partCount(index: number): number {
    return this.number(index, 6);
  }

  /** Paths of the core's units; the same array for every event of one shape. */
  pointers(index: number): readonly string[] {
    return this.shapes[this.number(index, 7)]!;
  }

  category(index: number): string {
    return this.categories[this.number(index, 8)]!;
  }

  /** Where the text of the event's id stands in the output; JSON needs no escapes in it. */
  idStart(index: number): number {
    return this.number(index, 9);
  }

  idEnd(index: number): number {
    return this.number(index, 10);
  }

  /** Where the text of its source stands in the output. */
  sourceStart(index: number): number {
    return this.number(index, 11);
  }

  sourceEnd(index: number): number {
    return this.number(index, 12);
  }

  /** Where all its messages stand. */
  outStart(index: number): number {
    return this.number(index, 13);
  }

  outEnd(index: number): number {
    return this.number(index, 14);
  }

  private number(index: number, place: number): number {
    return this.buffers.records[index * RECORD_NUMBERS + place]!;
  }
}

/** One compiled event of a body: it can stand wherever a split event can that is to be committed. */
export class CompiledEvent {
  readonly body: CompiledBody;
  readonly index: number;

  constructor(body: CompiledBody, index: number) {
    this.body = body;
    this.index = index;
  }
}
