/** One statement: text with placeholders `{name:Type}`, and the values that the engine binds to them. */
export interface Statement {
  readonly sql: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Settings of the engine for this statement alone. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

/** A block of rows to be inserted into a table. */
export interface InsertBlock {
  readonly table: string;
  /** In ClickHouse's Native format, as `RowEncoder` makes it; several blocks one after the other are one insert. */
  readonly block: Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * The same token again within the table's window inserts nothing, even when its rows were deleted meanwhile. Without one
   * every insert counts; the engine alone would drop a block equal to an earlier one.
   */
  readonly token?: string;
}

/** The index as this room sees it: a database of a ClickHouse server, embedded or not. */
export interface IndexDatabase {
  /** The database that holds the tables. */
  readonly database: string;
  /** Runs a query and gives its rows, each an array of values in the order of the columns. */
  query<Row extends readonly unknown[]>(statement: Statement): Promise<Row[]>;
  /** Runs a statement that gives no rows. */
  command(statement: Statement): Promise<void>;
  insert(block: InsertBlock): Promise<void>;
}
