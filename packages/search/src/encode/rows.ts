import { type CairnEvent, type EventPrincipal, eachLeaf, placeOf, refWord, type SplitEvent } from "@cairn/event";
import { writeBlock } from "../native/block.ts";
import { Bytes } from "../native/bytes.ts";
import type { NativeColumn } from "../native/column.ts";
import { addressBytes } from "./addresses.ts";
import { ColumnRows } from "./column-rows.ts";
import { createEventBlock, type EventBlock } from "./event-block.ts";
import { type EventColumns, splitOfRow } from "./event-columns.ts";
import { isPlain } from "./plain.ts";
import { type SubjectFactRow, SubjectFacts } from "./subject-facts.ts";
import { timeMsOf } from "./times.ts";

/** An event to be indexed. */
export interface IndexInput {
  /** The tenant's number in this instance, 1 to 2^32 - 1. */
  readonly tenantNo: number;
  readonly ledger: number;
  readonly sequence: number;
  readonly receivedAtMs: number;
  readonly split: SplitEvent;
}

/** What goes into the index for some events. */
export interface EncodedRows {
  /** One block in ClickHouse's Native format, for the table `events`. */
  readonly block: Uint8Array<ArrayBuffer>;
  readonly rowCount: number;
  /** What the events say about people, for the table `subjects`. */
  readonly facts: readonly SubjectFactRow[];
}

/**
 * Turns events into rows. Holds its buffers from block to block; not for two blocks at a time. Events may be handed over one
 * by one and forgotten: of a block under way only its columns are in memory.
 */
export class RowEncoder {
  private readonly block: EventBlock = createEventBlock();
  private readonly columns = Object.entries(this.block) as readonly (readonly [string, NativeColumn])[];
  private readonly columnRows = new ColumnRows(this.block);
  private readonly out = new Bytes(1 << 20);
  private readonly mentioned: string[] = [];
  private readonly lines: string[] = [];
  private lineCount = 0;
  private leafCount = 0;

  private facts = new SubjectFacts();
  private rowCount = 0;

  /** Encodes events, in any order and of any tenants. Never throws on an event that passed the door. */
  encode(inputs: readonly IndexInput[]): EncodedRows {
    this.clear();
    for (const input of inputs) this.add(input);
    return this.take();
  }

  /** Rows added since the last block was taken. */
  get count(): number {
    return this.rowCount;
  }

  /** Adds an event to the block under way. */
  add(input: IndexInput): void {
    this.row(input);
    this.facts.add(input.tenantNo, input.split, input.receivedAtMs);
    this.rowCount++;
  }

  /** Adds events as the ledger stores them: what {@link add} would, in another order and much faster. */
  addColumns(columns: EventColumns): void {
    const count = this.columnRows.add(columns, {
      facts: this.facts,
      slowRow: ({ shape, row }) => {
        const position = shape.positions[row]!;
        const { tenantNo, ledger } = columns;
        this.row({
          tenantNo,
          ledger,
          sequence: columns.sequences[position]!,
          receivedAtMs: columns.receivedAtMs[position]!,
          split: splitOfRow(columns, shape, row),
        });
        this.rowCount++;
      },
    });
    this.rowCount += count;
  }

  /** Forgets what it remembers of people from block to block. */
  forget(): void {
    this.columnRows.forget();
  }

  /** Gives the block of everything added, and begins the next. */
  take(): EncodedRows {
    const encoded = {
      block: writeBlock(this.columns, this.rowCount, this.out),
      rowCount: this.rowCount,
      facts: this.facts.rows(),
    };
    this.clear();
    return encoded;
  }

  /** Drops what was added. */
  clear(): void {
    for (const [, column] of this.columns) column.clear();
    this.columnRows.clear();
    this.facts = new SubjectFacts();
    this.rowCount = 0;
  }

  private readonly onMarker = (ref: string): void => {
    if (!this.mentioned.includes(ref)) this.mentioned.push(ref);
  };

  private readonly onLeaf = (path: string, text: string, number: number): void => {
    const { block } = this;
    block["leaf.path"].values.push(path);
    block["leaf.words"].values.pushWords(text, this.onMarker);
    block["leaf.number"].values.bytes.float64(number);
    this.leafCount++;
  };

  private row({ tenantNo, ledger, sequence, receivedAtMs, split }: IndexInput): void {
    const { block, onMarker } = this;
    const { core } = split;
    this.mentioned.length = 0;
    this.lineCount = 0;
    block.tenant.bytes.uint32(tenantNo);
    block.occurred_at.bytes.int64(timeMsOf(core.occurred_at));
    block.ledger.bytes.uint32(ledger);
    block.sequence.bytes.uint64(sequence);
    block.received_at.bytes.int64(receivedAtMs);
    block.id.pushFolded(core.id);
    block.source.push(core.source);
    block.action.push(core.action);
    block.verb.push(core.verb);
    block.category.push(core.category);
    block.outcome.push(core.outcome.result);
    block.reason.pushWords(core.outcome.reason ?? "", onMarker);
    if (!isPlain(core.action)) this.line(core.action);
    this.actor(core);
    this.targets(core);
    this.context(split);
    block.purpose.push(core.purpose ?? "");
    block.recipient.pushWords(core.recipient ?? "", ignore);
    block.data_category.push(core.data_category ?? "");
    block.parent.pushFolded(core.parent_id ?? "");
    block.inferred.push(core.inferred === undefined ? "" : String(core.inferred));
    block.time_uncertain_ms.bytes.int64(core.time_uncertain_ms ?? -1);
    block.description.pushWords(core.description ?? "", onMarker);
    block.source_action.pushWords(core.source_action ?? "", onMarker);
    const warnings = core.warnings ?? NONE;
    for (const warning of warnings) block.warnings.values.push(warning);
    block.warnings.endRow(warnings.length);
    this.leafCount = 0;
    eachLeaf(core, this.onLeaf);
    block["leaf.path"].endRow(this.leafCount);
    block["leaf.words"].endRow(this.leafCount);
    block["leaf.number"].endRow(this.leafCount);
    block.also.pushWordLines(this.lines, this.lineCount, onMarker);
    this.mentions(core);
  }

  /** People who only stand in the text: acting and acted-on ones have columns of their own. */
  private mentions({ actor, targets }: CairnEvent): void {
    const { mentions } = this.block;
    let count = 0;
    for (const ref of this.mentioned) {
      if (ref === actor.ref || ref === actor.on_behalf_of?.ref || targets?.some((target) => target.ref === ref))
        continue;
      mentions.values.push(refWord(ref));
      count++;
    }
    mentions.endRow(count);
  }

  private line(text: string | undefined): void {
    if (text !== undefined) this.lines[this.lineCount++] = text;
  }

  private actor({ actor }: CairnEvent): void {
    const { block } = this;
    block.actor_type.push(actor.type);
    block.actor_ref.push(actor.ref ?? "");
    block.actor_id.push(actor.id ?? "");
    block.actor_name.push(actor.name ?? "");
    block.actor_email.push(actor.email ?? "");
    block.actor_role.push(actor.role ?? "");
    const groups = actor.groups ?? NONE;
    for (const group of groups) block.actor_groups.values.push(group);
    block.actor_groups.endRow(groups.length);
    const behind = actor.on_behalf_of;
    block.behalf_type.push(behind?.type ?? "");
    block.behalf_ref.push(referenceOf(behind?.ref));
    block.behalf_id.push(behind?.id ?? "");
    block.behalf_name.push(behind?.name ?? "");
    block.behalf_email.push(behind?.email ?? "");
    this.principalLines(actor);
    if (behind !== undefined) this.principalLines(behind);
  }

  private principalLines(principal: EventPrincipal): void {
    this.line(principal.id);
    this.line(principal.name);
    this.line(principal.email);
  }

  private targets({ targets }: CairnEvent): void {
    const { block } = this;
    const count = targets === undefined ? 0 : targets.length;
    for (let i = 0; i < count; i++) {
      const target = targets![i]!;
      block["target.type"].values.push(target.type);
      block["target.ref"].values.push(referenceOf(target.ref));
      block["target.id"].values.pushCut(target.id ?? "", this.onMarker);
      block["target.name"].values.pushWords(target.name ?? "", this.onMarker);
      if (!isPlain(target.type)) this.line(target.type);
      if (target.id !== undefined && !isPlain(target.id)) this.line(target.id);
    }
    block["target.type"].endRow(count);
    block["target.ref"].endRow(count);
    block["target.id"].endRow(count);
    block["target.name"].endRow(count);
  }

  private context(split: SplitEvent): void {
    const { block } = this;
    const context = split.core.context;
    block.ip.bytes.append(addressBytes(placeOf(split, "ip") ?? ""));
    block.user_agent.push(placeOf(split, "user_agent") ?? "");
    block.location.push(placeOf(split, "location") ?? "");
    block.session.pushFolded(context?.session_id ?? "");
    block.request.pushFolded(context?.request_id ?? "");
    block.trace.pushFolded(context?.trace_id ?? "");
    const client = context?.client;
    block.client_kind.push(client?.kind ?? "");
    block.client_name.push(client?.name ?? "");
    block.client_version.push(client?.version ?? "");
  }
}

function referenceOf(ref: string | undefined): string {
  return ref === undefined ? "" : refWord(ref);
}

const NONE: readonly string[] = [];
const ignore = (): void => {};
