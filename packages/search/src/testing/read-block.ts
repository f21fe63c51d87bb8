/** Reads a block of ClickHouse's Native format back into rows: the types that `events` has. */
export function readBlock(bytes: Uint8Array): Map<string, unknown>[] {
  const reader = new Reader(bytes);
  const columnCount = reader.varint();
  const rowCount = reader.varint();
  const rows = Array.from({ length: rowCount }, () => new Map<string, unknown>());
  for (let i = 0; i < columnCount; i++) {
    const name = reader.text();
    const type = reader.text();
    if (rowCount === 0) continue;
    readPrefix(reader, type);
    const values = readColumn(reader, type, rowCount);
    for (const [row, value] of values.entries()) rows[row]!.set(name, value);
  }
  if (reader.at !== bytes.length) throw new Error(`${bytes.length - reader.at} bytes are left`);
  return rows;
}

function innerType(type: string): string | undefined {
  return /^Array\((.*)\)$/.exec(type)?.[1];
}

function readPrefix(reader: Reader, type: string): void {
  if ((innerType(type) ?? type).startsWith("LowCardinality")) reader.uint64();
}

function readColumn(reader: Reader, type: string, count: number): unknown[] {
  const inner = innerType(type);
  if (inner !== undefined) {
    const ends = repeat(count, () => reader.uint64());
    const values = readColumn(reader, inner, ends.at(-1) ?? 0);
    return ends.map((end, i) => values.slice(ends[i - 1] ?? 0, end));
  }
  if (type.startsWith("LowCardinality")) return readDictionary(reader, count);
  return repeat(count, () => reader.value(type));
}

function readDictionary(reader: Reader, count: number): unknown[] {
  if (count === 0) return [];
  const width = reader.uint64() & 0xff;
  const keys = repeat(reader.uint64(), () => reader.text());
  if (reader.uint64() !== count) throw new Error("the column has another number of rows");
  return repeat(count, () => keys[reader.number(2 ** width)]);
}

function repeat<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

class Reader {
  at = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.varint();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  number(width: number): number {
    this.at += width;
    return this.bytes.readUIntLE(this.at - width, width);
  }

  uint64(): number {
    this.at += 8;
    return Number(this.bytes.readBigUInt64LE(this.at - 8));
  }

  value(type: string): unknown {
    if (type === "String") return this.text();
    if (type === "UInt32") return this.number(4);
    const from = this.at;
    if (type === "IPv6") {
      this.at += 16;
      return this.bytes.toString("hex", from, this.at);
    }
    this.at += 8;
    if (type === "Float64") return this.bytes.readDoubleLE(from);
    return this.bytes.readBigInt64LE(from);
  }
}
