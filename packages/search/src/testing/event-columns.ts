import { canonicalJson, flattenCore, partValue } from "@cairn/event";
import type { EventColumns, EventPart } from "../encode/event-columns.ts";
import type { IndexInput } from "../encode/rows.ts";

/** Events, all of one tenant and epoch, as the ledger would store them: shape by shape, path by path. */
export function toEventColumns(inputs: readonly IndexInput[]): EventColumns {
  const shapes = new Map<string, { paths: string[]; rows: { position: number; values: string[] }[] }>();
  const parts: EventPart[] = [];
  for (const [position, { split }] of inputs.entries()) {
    const paths: string[] = [];
    const values: string[] = [];
    flattenCore(split.core, (path, value) => {
      paths.push(path.pointer);
      values.push(canonicalJson(value));
    });
    const key = paths.join("\n");
    const shape = shapes.get(key) ?? { paths, rows: [] };
    shapes.set(key, shape);
    shape.rows.push({ position, values });
    for (const part of split.parts) {
      const bytes = Buffer.from(`before ${canonicalJson(partValue(part))} after`);
      parts.push({ position, ref: part.ref, bytes, start: 7, end: bytes.length - 6 });
    }
  }
  const lines: string[] = [];
  const placed = [...shapes.values()].map(({ paths, rows }) => {
    const firstLine = lines.length;
    for (const path of paths.keys()) for (const { values } of rows) lines.push(values[path]!);
    return { paths, firstLine, positions: Uint32Array.from(rows, ({ position }) => position) };
  });
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + Buffer.byteLength(line) + 1);
  return {
    tenantNo: inputs[0]?.tenantNo ?? 1,
    ledger: inputs[0]?.ledger ?? 1,
    lines: { bytes: Buffer.from(lines.map((line) => `${line}\n`).join("")), starts: Uint32Array.from(starts) },
    shapes: placed,
    sequences: Float64Array.from(inputs, ({ sequence }) => sequence),
    receivedAtMs: Float64Array.from(inputs, ({ receivedAtMs }) => receivedAtMs),
    parts,
  };
}
