import { Bytes } from "./bytes.ts";

/** One column of a block in ClickHouse's Native format. */
export interface NativeColumn {
  /** ClickHouse's name of the type. */
  readonly type: string;
  clear(): void;
  /** Writes what a type puts in front of its values, before the array sizes around them. */
  writePrefix(out: Bytes): void;
  writeTo(out: Bytes): void;
}

/** Numbers of a fixed width; the caller writes them into `bytes`. */
export class FixedColumn implements NativeColumn {
  readonly type: string;
  readonly bytes = new Bytes();

  constructor(type: string) {
    this.type = type;
  }

  clear(): void {
    this.bytes.clear();
  }

  writePrefix(): void {}

  writeTo(out: Bytes): void {
    out.append(this.bytes.written());
  }
}

/** An Array column: the caller pushes values into `values` and then calls {@link endRow} with how many there are in all. */
export class ArrayColumn<Inner extends NativeColumn> implements NativeColumn {
  readonly type: string;
  readonly values: Inner;
  private readonly ends = new Bytes();
  private end = 0;

  constructor(values: Inner) {
    this.values = values;
    this.type = `Array(${values.type})`;
  }

  clear(): void {
    this.values.clear();
    this.ends.clear();
    this.end = 0;
  }

  /** Ends the array of a row that got `count` values. */
  endRow(count: number): void {
    this.end += count;
    this.ends.uint64(this.end);
  }

  /** Ends the arrays of `count` rows that got no value. */
  endEmptyRows(count: number): void {
    for (let i = 0; i < count; i++) this.ends.uint64(this.end);
  }

  writePrefix(out: Bytes): void {
    this.values.writePrefix(out);
  }

  writeTo(out: Bytes): void {
    out.append(this.ends.written());
    this.values.writeTo(out);
  }
}
