import type { ExportFormat, ExportOrder } from "../api/answers.ts";
import type { Bounds } from "../view/range.ts";
import type { View } from "../view/view.ts";

export interface OrderOptions {
  readonly format: ExportFormat;
  readonly view: View;
  readonly bounds: Bounds;
  readonly columns: readonly string[];
  /** IANA name. */
  readonly zone: string;
  /** Of evidence: only the chosen events, each with its proof. */
  readonly isCompact: boolean;
}

/** What is on the screen, as an export asks for it: query, range, order, columns, zone. */
export function orderOf({ format, view, bounds, columns, zone, isCompact }: OrderOptions): ExportOrder {
  const { fromMs, toMs } = bounds;
  return {
    format,
    ...(view.query.trim() === "" ? {} : { q: view.query }),
    ...(fromMs === undefined ? {} : { from: new Date(fromMs).toISOString() }),
    ...(toMs === undefined ? {} : { to: new Date(toMs).toISOString() }),
    tz: zone,
    ...(format === "evidence" ? { compact: isCompact } : { sort: view.sort.field, order: view.sort.order }),
    ...(format === "csv" ? { columns } : {}),
  };
}
