import type { Session } from "chdb";
import { quoteSqlIdentifier, quoteSqlString } from "./sql-scanner.ts";

/** What a statement is to find in its session before it runs. */
export type SessionState = Readonly<{
  database: string;
  settings: ReadonlyMap<string, string>;
  /** Values of `{name:Type}` placeholders, escaped as in ClickHouse's URL parameters. */
  parameters: ReadonlyMap<string, string>;
}>;

/** What the engine says about a statement that is over. */
export type SlotResult = Readonly<{ bytes: Uint8Array; rowsRead: number; bytesRead: number }>;

/** One engine session. It must be asked for one thing at a time. */
export type SessionSlot = Readonly<{
  /** The named pipe that results of this session go through. */
  pipePath: string;
  /** The value of the setting `log_comment` in this session: names what it runs to `KILL QUERY`. */
  tag: string;
  /**
   * Puts the session into exactly that state, undoing what the statement before left.
   *
   * @throws the engine's error for a setting, value or database it does not know; the session is fresh again then
   */
  prepare: (state: SessionState) => Promise<void>;
  /** Runs one statement and returns its output, in `format` unless the statement names one. */
  run: (sql: string, format: string) => Promise<SlotResult>;
  /** Replaces the session by a new one (1 ms), for when its state is not known any more. */
  renew: () => void;
  close: () => void;
}>;

/** Parameter values kept in a session before it is replaced: they cannot be taken back one by one. */
const MAX_PARAMETER_CHARACTERS = 64 * 1024;

const HOME_DATABASE = "default";

/**
 * Wraps sessions made by `open`.
 *
 * Settings and parameters are given by `SET`, because chDB's own parameter binding is shared by all sessions of the
 * process and mixes up statements that run side by side. `SET` belongs to its session and takes effect as a whole or
 * not at all; only what differs from the session's state is sent, for it costs as much as a small query. A parameter
 * cannot be unset: the caller checks that a statement names none that its request did not bring.
 */
export function createSessionSlot(
  open: () => Session,
  place: Readonly<{ pipePath: string; tag: string }>,
): SessionSlot {
  let session = open();
  // What the session holds now; every statement that may change it otherwise must be followed by `renew`.
  let database = HOME_DATABASE;
  let settings: ReadonlyMap<string, string> = new Map();
  const parameters = new Map<string, string>();
  let parameterCharacters = 0;

  const run = async (sql: string, format: string): Promise<SlotResult> => {
    const result = await session.queryAsync(sql, { format });
    return { bytes: result.bytes(), rowsRead: result.rowsRead, bytesRead: result.bytesRead };
  };

  const renew = () => {
    session.close();
    session = open();
    database = HOME_DATABASE;
    settings = new Map();
    parameters.clear();
    parameterCharacters = 0;
  };

  const prepare = async (state: SessionState) => {
    // Not open only if renewing failed before.
    if (parameterCharacters > MAX_PARAMETER_CHARACTERS || !session.open) renew();
    const wanted = new Map([...state.settings, ["log_comment", place.tag]]);
    const assignments = [
      ...Array.from(settings.keys().filter((name) => !wanted.has(name))).map((name) => `${name} = DEFAULT`),
      ...changes(settings, wanted).map(([name, value]) => `${name} = ${quoteSqlString(value)}`),
      ...changes(parameters, state.parameters).map(([name, value]) => `param_${name} = ${quoteSqlString(value)}`),
    ];
    try {
      if (assignments.length > 0) await run(`SET ${assignments.join(", ")}`, "Null");
      settings = wanted;
      for (const [name, value] of changes(parameters, state.parameters)) {
        parameters.set(name, value);
        parameterCharacters += name.length + value.length;
      }
      if (state.database !== database) await run(`USE ${quoteSqlIdentifier(state.database)}`, "Null");
      database = state.database;
    } catch (error) {
      renew();
      throw error;
    }
  };

  return { ...place, prepare, run, renew, close: () => session.close() };
}

function changes(from: ReadonlyMap<string, string>, to: ReadonlyMap<string, string>): readonly [string, string][] {
  return [...to].filter(([name, value]) => from.get(name) !== value);
}
