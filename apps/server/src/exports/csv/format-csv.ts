import { stringify } from "csv-stringify/sync";

/** How cells are written. */
export interface CsvOptions {
  /**
   * `guarded`: a cell that a spreadsheet would take for a formula gets an apostrophe in front. It begins with one of
   * `= + - @`, their full-width forms, TAB or CR. `raw`: every cell as it is, for programs.
   */
  readonly cells: "guarded" | "raw";
}

/** Writes rows as CSV (RFC 4180): CRLF, quotes where a cell needs them. */
export function formatCsv(rows: readonly (readonly string[])[], { cells }: CsvOptions): string {
  return stringify(rows as string[][], {
    record_delimiter: "\r\n",
    // A line break of any kind inside a cell, or a reader that guesses at line ends goes astray.
    quoted_match: /[\r\n]/,
    escape_formulas: cells === "guarded",
    // A row of one empty cell would be an empty line, which readers skip.
    quoted_empty: rows[0]?.length === 1,
  });
}
