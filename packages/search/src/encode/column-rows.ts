import { numberOfText, refWord } from "@cairn/event";
import { Cell } from "../native/cell.ts";
import type { ArrayColumn } from "../native/column.ts";
import type { DictionaryColumn } from "../native/dictionary-column.ts";
import type { TextColumn } from "../native/text-column.ts";
import { addressBytes } from "./addresses.ts";
import type { EventBlock } from "./event-block.ts";
import type { EventColumns, EventShape } from "./event-columns.ts";
import { type KnownPart, KnownParts } from "./known-parts.ts";
import { isPlain } from "./plain.ts";
import { ABSENT, type LeafPlan, planOf, type ShapePlan, type TargetPlan } from "./shape-plan.ts";
import type { SubjectFacts } from "./subject-facts.ts";
import { timeMsOf } from "./times.ts";

const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;
const QUOTE = 0x22;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_F = 0x66;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const NO_ADDRESS = new Uint8Array(16);
/** A canonical time within its quotes. */
const TIME_BYTES = 26;
const DATE_CHARS = 10;

/** Where rows go that are no fit for columns, and what the block gathers about people. */
export interface RowTarget {
  readonly facts: SubjectFacts;
  /** Takes a row the slow way: the event put together. */
  slowRow(row: { readonly columns: EventColumns; readonly shape: EventShape; readonly row: number }): void;
}

/**
 * Writes rows from columns: for each shape its plan says which column of the ledger feeds which column of the index, and
 * the values go over as bytes. Gives the same rows as the events one by one, in another order; a property test holds both equal.
 */
export class ColumnRows {
  private readonly block: EventBlock;
  private readonly parts = new KnownParts();
  private readonly cell = new Cell();
  private readonly lines: string[] = [];
  /** By position: the parts that tell address, agent and place. */
  private ips: (KnownPart | undefined)[] = [];
  private agents: (KnownPart | undefined)[] = [];
  private places: (KnownPart | undefined)[] = [];
  /** By row: the people whose markers stand in its texts. */
  private readonly mentioned = new Map<number, string[]>();
  private row = 0;
  private lastDate = "";
  private lastDateMs = 0;
  // The shape under way.
  private plan!: ShapePlan;
  private firstLine = 0;
  private stride = 0;
  private rows: number[] = [];

  constructor(block: EventBlock) {
    this.block = block;
  }

  /** Begins a block. */
  clear(): void {
    this.parts.startBlock();
  }

  /** Forgets what is remembered of people from block to block. */
  forget(): void {
    this.parts.forget();
  }

  /** Adds the rows of some events and gives how many were added here; the others went to `target`. */
  add(columns: EventColumns, target: RowTarget): number {
    this.cell.open(columns.lines);
    this.readParts(columns, target.facts);
    let count = 0;
    for (const shape of columns.shapes) {
      const plan = planOf(shape.paths);
      this.plan = plan as ShapePlan;
      this.firstLine = shape.firstLine;
      this.stride = shape.positions.length;
      this.rows = [];
      for (let row = 0; row < this.stride; row++) {
        if (columns.sequences[shape.positions[row]!] === -1) continue;
        if (plan !== undefined && this.hasPlainLeaves(row)) this.rows.push(row);
        else target.slowRow({ columns, shape, row });
      }
      if (this.rows.length === 0) continue;
      this.addShape(columns, shape);
      count += this.rows.length;
    }
    return count;
  }

  private readParts({ tenantNo, parts, sequences, receivedAtMs }: EventColumns, facts: SubjectFacts): void {
    const { ips, agents, places } = this;
    ips.length = agents.length = places.length = 0;
    for (let i = 0; i < sequences.length; i++) {
      ips.push(undefined);
      agents.push(undefined);
      places.push(undefined);
    }
    for (const part of parts) {
      const { position } = part;
      if (sequences[position] === -1) continue;
      const known = this.parts.read(part, { tenantNo, seenMs: receivedAtMs[position]!, facts });
      if (known.ip !== undefined) ips[position] ??= known;
      if (known.userAgent !== undefined) agents[position] ??= known;
      if (known.location !== undefined) places[position] ??= known;
    }
  }

  /** Moves the cell to a value of a row. */
  private at(column: number, row: number): Cell {
    this.cell.line(this.firstLine + column * this.stride + row);
    return this.cell;
  }

  /** Objects and lists under a leaf's path hold many values: such rows go the slow way. */
  private hasPlainLeaves(row: number): boolean {
    const { leaves } = this.plan;
    const { bytes } = this.cell;
    for (let i = 0; i < leaves.length; i++) {
      const first = bytes[this.at(leaves[i]!.column, row).start];
      if (first === OPENING_BRACE || first === OPENING_BRACKET) return false;
    }
    return true;
  }

  private readonly onMarker = (ref: string): void => {
    const list = this.mentioned.get(this.row);
    if (list === undefined) this.mentioned.set(this.row, [ref]);
    else if (!list.includes(ref)) list.push(ref);
  };

  private addShape(columns: EventColumns, { positions }: EventShape): void {
    const { block, plan } = this;
    this.mentioned.clear();
    this.keys(columns, positions);
    this.folded(block.id, plan.id);
    this.dictionary(block.source, plan.source);
    this.dictionary(block.action, plan.action);
    this.dictionary(block.verb, plan.verb);
    this.dictionary(block.category, plan.category);
    this.dictionary(block.outcome, plan.outcome);
    this.words(block.reason, plan.reason);
    this.actor(plan);
    this.targets(plan.targets);
    this.context(plan, positions);
    this.dictionary(block.purpose, plan.purpose);
    this.unmarkedWords(block.recipient, plan.recipient);
    this.dictionary(block.data_category, plan.dataCategory);
    this.folded(block.parent, plan.parent);
    this.dictionary(block.inferred, plan.inferred);
    this.uncertainty(plan.timeUncertainMs);
    this.words(block.description, plan.description);
    this.words(block.source_action, plan.sourceAction);
    this.list(block.warnings, plan.warnings);
    this.leaves(plan.leaves);
    this.also(plan);
    this.mentions(plan);
  }

  private keys({ tenantNo, ledger, sequences, receivedAtMs }: EventColumns, positions: Uint32Array): void {
    const { block, rows, plan } = this;
    for (const row of rows) {
      const position = positions[row]!;
      block.tenant.bytes.uint32(tenantNo);
      block.occurred_at.bytes.int64(this.time(this.at(plan.occurredAt, row)));
      block.ledger.bytes.uint32(ledger);
      block.sequence.bytes.uint64(sequences[position]!);
      block.received_at.bytes.int64(receivedAtMs[position]!);
    }
  }

  private time(cell: Cell): number {
    const { bytes, start, end } = cell;
    if (end - start !== TIME_BYTES) return timeMsOf(cell.text());
    const { lastDate } = this;
    let isSameDate = lastDate !== "";
    for (let i = 0; isSameDate && i < DATE_CHARS; i++) isSameDate = bytes[start + 1 + i] === lastDate.charCodeAt(i);
    if (!isSameDate) {
      this.lastDate = bytes.toString("latin1", start + 1, start + 1 + DATE_CHARS);
      this.lastDateMs = Date.parse(this.lastDate);
    }
    const two = (at: number) => (bytes[at]! - ZERO) * 10 + bytes[at + 1]! - ZERO;
    const ms = (bytes[start + 21]! - ZERO) * 100 + two(start + 22);
    return this.lastDateMs + two(start + 12) * 3_600_000 + two(start + 15) * 60_000 + two(start + 18) * 1_000 + ms;
  }

  private dictionary(column: DictionaryColumn, from: number): void {
    const { rows } = this;
    if (from === ABSENT) column.pushTimes("", rows.length);
    else for (let i = 0; i < rows.length; i++) column.pushCell(this.at(from, rows[i]!));
  }

  private folded(column: TextColumn, from: number): void {
    const { rows } = this;
    if (from === ABSENT) column.pushEmpty(rows.length);
    else for (let i = 0; i < rows.length; i++) column.pushFoldedCell(this.at(from, rows[i]!));
  }

  private words(column: TextColumn, from: number): void {
    const { rows } = this;
    if (from === ABSENT) {
      column.pushEmpty(rows.length);
      return;
    }
    for (let i = 0; i < rows.length; i++) {
      this.row = rows[i]!;
      column.pushWordsCell(this.at(from, rows[i]!), this.onMarker);
    }
  }

  private unmarkedWords(column: TextColumn, from: number): void {
    if (from === ABSENT) column.pushEmpty(this.rows.length);
    else for (const row of this.rows) column.pushWordsCell(this.at(from, row), ignore);
  }

  /** A list is one unit. */
  private list(column: ArrayColumn<DictionaryColumn>, from: number): void {
    if (from === ABSENT) {
      column.endEmptyRows(this.rows.length);
      return;
    }
    for (const row of this.rows) {
      const values = this.at(from, row).value() as readonly string[];
      for (const value of values) column.values.push(value);
      column.endRow(values.length);
    }
  }

  private reference(column: TextColumn, from: number): void {
    if (from === ABSENT) column.pushEmpty(this.rows.length);
    else for (const row of this.rows) column.push(refWord(this.at(from, row).text()));
  }

  private actor({ actor, behalf }: ShapePlan): void {
    const { block } = this;
    this.dictionary(block.actor_type, actor.type);
    this.dictionary(block.actor_ref, actor.ref);
    this.dictionary(block.actor_id, actor.id);
    this.dictionary(block.actor_name, actor.name);
    this.dictionary(block.actor_email, actor.email);
    this.dictionary(block.actor_role, actor.role);
    this.list(block.actor_groups, actor.groups);
    this.dictionary(block.behalf_type, behalf.type);
    this.reference(block.behalf_ref, behalf.ref);
    this.dictionary(block.behalf_id, behalf.id);
    this.dictionary(block.behalf_name, behalf.name);
    this.dictionary(block.behalf_email, behalf.email);
  }

  private targets(targets: readonly TargetPlan[]): void {
    const { block, rows } = this;
    const [types, refs, ids, names] = [
      block["target.type"], block["target.ref"], block["target.id"], block["target.name"],
    ]; // biome-ignore format: one line a kind
    for (const row of rows) {
      this.row = row;
      for (let i = 0; i < targets.length; i++) {
        const target = targets[i]!;
        types.values.pushCell(this.at(target.type, row));
        if (target.ref === ABSENT) refs.values.pushEmpty(1);
        else refs.values.push(refWord(this.at(target.ref, row).text()));
        if (target.id === ABSENT) ids.values.pushEmpty(1);
        else ids.values.pushCutCell(this.at(target.id, row), this.onMarker);
        if (target.name === ABSENT) names.values.pushEmpty(1);
        else names.values.pushWordsCell(this.at(target.name, row), this.onMarker);
      }
      types.endRow(targets.length);
      refs.endRow(targets.length);
      ids.endRow(targets.length);
      names.endRow(targets.length);
    }
  }

  private context(plan: ShapePlan, positions: Uint32Array): void {
    const { block, rows, ips, agents, places } = this;
    for (const row of rows) {
      const address = plan.ip === ABSENT ? ips[positions[row]!]?.ip : addressBytes(this.at(plan.ip, row).text());
      block.ip.bytes.append(address ?? NO_ADDRESS);
    }
    if (plan.userAgent !== ABSENT) this.dictionary(block.user_agent, plan.userAgent);
    else for (const row of rows) block.user_agent.push(agents[positions[row]!]?.userAgent ?? "");
    if (plan.location !== ABSENT) this.dictionary(block.location, plan.location);
    else for (const row of rows) block.location.push(places[positions[row]!]?.location ?? "");
    this.folded(block.session, plan.session);
    this.folded(block.request, plan.request);
    this.folded(block.trace, plan.trace);
    this.dictionary(block.client_kind, plan.clientKind);
    this.dictionary(block.client_name, plan.clientName);
    this.dictionary(block.client_version, plan.clientVersion);
  }

  private uncertainty(from: number): void {
    const { bytes } = this.block.time_uncertain_ms;
    for (const row of this.rows) bytes.int64(from === ABSENT ? -1 : Number(this.at(from, row).text()));
  }

  private leaves(leaves: readonly LeafPlan[]): void {
    const { block, rows } = this;
    const [paths, words, numbers] = [block["leaf.path"], block["leaf.words"], block["leaf.number"]];
    const pathIndexes = leaves.map(({ path }) => paths.values.indexOf(path));
    for (const row of rows) {
      this.row = row;
      let count = 0;
      for (let i = 0; i < leaves.length; i++) {
        const cell = this.at(leaves[i]!.column, row);
        const first = cell.bytes[cell.start]!;
        if (first === LETTER_N) continue; // null is no value
        if (first === QUOTE) {
          words.values.pushWordsCell(cell, this.onMarker);
          const second = cell.bytes[cell.start + 1]!;
          const mayBeNumber = second === MINUS || (second >= ZERO && second <= NINE);
          numbers.values.bytes.float64(mayBeNumber ? numberOfText(cell.text()) : Number.NaN);
        } else if (first === LETTER_T || first === LETTER_F) {
          words.values.pushWords(cell.text(), ignore);
          numbers.values.bytes.float64(Number.NaN);
        } else {
          words.values.pushEmpty(1);
          numbers.values.bytes.float64(Number(cell.text()));
        }
        paths.values.pushIndex(pathIndexes[i]!);
        count++;
      }
      paths.endRow(count);
      words.endRow(count);
      numbers.endRow(count);
    }
  }

  /** What free words find and no other column holds in a form that can be searched. */
  private also(plan: ShapePlan): void {
    const { lines, block, rows } = this;
    for (const row of rows) {
      lines.length = 0;
      this.lineUnlessPlain(plan.action, row);
      if (plan.hasPrincipalLines) {
        for (const { id, name, email } of [plan.actor, plan.behalf]) {
          for (const column of [id, name, email]) if (column !== ABSENT) lines.push(this.at(column, row).text());
        }
      }
      for (const { type, id } of plan.targets) {
        this.lineUnlessPlain(type, row);
        if (id !== ABSENT) this.lineUnlessPlain(id, row);
      }
      this.row = row;
      if (lines.length === 0) block.also.pushEmpty(1);
      else block.also.pushWordLines(lines, lines.length, this.onMarker);
    }
  }

  private lineUnlessPlain(column: number, row: number): void {
    const cell = this.at(column, row);
    if (cell.isShortAscii()) return;
    const text = cell.text();
    if (!isPlain(text)) this.lines.push(text);
  }

  /** People who only stand in the text: acting and acted-on ones have columns of their own. */
  private mentions({ actor, behalf, targets }: ShapePlan): void {
    const { mentions } = this.block;
    if (this.mentioned.size === 0) {
      mentions.endEmptyRows(this.rows.length);
      return;
    }
    const own = [actor.ref, behalf.ref, ...targets.map(({ ref }) => ref)].filter((column) => column !== ABSENT);
    for (const row of this.rows) {
      let count = 0;
      for (const ref of this.mentioned.get(row) ?? []) {
        if (own.some((column) => this.at(column, row).text() === ref)) continue;
        mentions.values.push(refWord(ref));
        count++;
      }
      mentions.endRow(count);
    }
  }
}

const ignore = (): void => {};
