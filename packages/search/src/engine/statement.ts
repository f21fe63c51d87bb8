import { exception } from "./clickhouse-exception.ts";
import { quoteSqlString, type SqlToken, scanSql } from "./sql-scanner.ts";

/**
 * A statement, sorted by how the embedded engine has to be asked.
 *
 * - `select`: rows come back; the engine writes them into a pipe.
 * - `insert`: rows follow the statement; the engine reads them from a file.
 * - `command`: everything else, `INSERT … SELECT` included; the answer is small.
 */
export type Statement = (
  | Readonly<{ kind: "select"; format: string | undefined; outputTo: (path: string, format: string) => string }>
  | Readonly<{ kind: "insert"; format: string; inlineRows: Buffer; inputFrom: (path: string) => string }>
  | Readonly<{
      kind: "command";
      format: string | undefined;
      sql: string;
      inserts: boolean;
      /** Whether it may leave settings, a database or temporary tables behind in its session. */
      changesSession: boolean;
    }>
) &
  Readonly<{
    /** Names of the `{name:Type}` placeholders in the text. */
    placeholders: readonly string[];
  }>;

/**
 * Sorts the statement in `bytes` and finds the places where it has to be changed for chDB.
 *
 * What ClickHouse's HTTP interface refuses is refused here too, because the library underneath would do it:
 * several statements in one text, and `INTO OUTFILE` or `FROM INFILE`, which reach files of this machine.
 *
 * @throws ClickHouseException 62 for no or several statements, 358 for a statement that names a file
 */
export function parseStatement(bytes: Buffer): Statement {
  // One character per byte keeps offsets equal; everything the scanner looks for is ASCII.
  const text = bytes.toString("latin1");
  const tokens: SqlToken[] = [];
  let mayHaveRows = true;
  for (const token of scanSql(text)) {
    tokens.push(token);
    if (!mayHaveRows) continue;
    const found = classifyInsert(tokens);
    if (found === "rows") return parseInsertWithRows(bytes, text, tokens);
    mayHaveRows = found === "undecided";
  }
  const body = withoutSemicolon(tokens);
  refuseFiles(body);
  const [first] = body;
  if (first === undefined) throw exception("SYNTAX_ERROR", "Empty query");
  const placeholders = placeholderNames(body, text);
  const until = body.at(-1)?.end ?? 0;
  const decode = (from: number, to: number) => bytes.toString("utf8", from, to);
  const formatAt = findFormatClause(body);
  const format = formatAt === -1 ? undefined : wordAfter(body, formatAt, text);
  const inserts = first.text === "INSERT" || (first.text === "WITH" && hasTopLevel(body, "INSERT"));
  if (!inserts && (SELECT_STARTERS.has(first.text) || first.text === "(")) {
    const head = decode(0, formatAt === -1 ? until : (body[formatAt]?.start ?? until));
    const tail = formatAt === -1 ? "" : decode(body[formatAt + 1]?.end ?? until, until);
    const outputTo = (path: string, name: string) =>
      `${head}\nINTO OUTFILE ${quoteSqlString(path)} APPEND FORMAT ${name}${tail}`;
    return { kind: "select", format, outputTo, placeholders };
  }
  const changesSession = !SESSION_NEUTRAL.has(first.text);
  return { kind: "command", format, sql: decode(0, until), inserts, changesSession, placeholders };
}

/** Everything not listed here is taken to change its session, which only costs a new one. */
const SESSION_NEUTRAL = new Set("SHOW DESCRIBE DESC EXPLAIN EXISTS INSERT WITH ALTER OPTIMIZE".split(" "));
const SELECT_STARTERS = new Set(["SELECT", "WITH", "FROM"]);

/**
 * Decides by the last token read whether rows follow it: behind `VALUES`, or behind `FORMAT` and a name.
 *
 * @returns `other` as soon as the statement is known to be anything else, so that its rest is scanned only once
 */
function classifyInsert(tokens: readonly SqlToken[]): "rows" | "other" | "undecided" {
  const last = tokens.length - 1;
  if (tokens[0]?.text !== "INSERT") return "other";
  if (INSERT_SOURCES.some((keyword) => isKeyword(tokens, last, keyword))) return "other";
  if (isKeyword(tokens, last - 1, "FORMAT") && tokens[last]?.kind === "word") return "rows";
  return isKeyword(tokens, last, "VALUES") ? "rows" : "undecided";
}

const INSERT_SOURCES = ["SELECT", "WITH", "FROM", "WATCH"];

/** `INSERT INTO name`: keywords can only stand after the name, which may look like one. */
const INSERT_NAME_AT = 3;

function isKeyword(tokens: readonly SqlToken[], index: number, keyword: string): boolean {
  const token = tokens[index];
  return (
    index >= INSERT_NAME_AT &&
    token?.kind === "word" &&
    token.text === keyword &&
    token.depth === 0 &&
    tokens[index - 1]?.text !== "."
  );
}

function parseInsertWithRows(bytes: Buffer, text: string, tokens: readonly SqlToken[]): Statement {
  refuseFiles(tokens);
  const last = tokens.at(-1);
  if (last === undefined) throw exception("SYNTAX_ERROR", "Empty query");
  const named = isKeyword(tokens, tokens.length - 2, "FORMAT");
  const clauseAt = tokens.length - (named ? 2 : 1);
  const settingsAt = tokens.findIndex((_, i) => isKeyword(tokens, i, "SETTINGS"));
  const clauseStart = tokens[clauseAt]?.start ?? 0;
  const headEnd = settingsAt === -1 ? clauseStart : (tokens[settingsAt]?.start ?? clauseStart);
  const head = bytes.toString("utf8", 0, headEnd);
  const settings = bytes.toString("utf8", headEnd, clauseStart);
  const format = named ? text.slice(last.start, last.end) : "Values";
  return {
    kind: "insert",
    format,
    inlineRows: bytes.subarray(named ? rowsStart(text, last.end) : last.end),
    inputFrom: (path) => `${head} FROM INFILE ${quoteSqlString(path)} ${settings} FORMAT ${format}`,
    placeholders: placeholderNames(tokens, text),
  };
}

/** Rows begin after the blanks behind the format's name and at most one line end: a binary format may start with any byte. */
function rowsStart(text: string, nameEnd: number): number {
  const gap = /[ \t\f]*;?[ \t\f]*(?:\r?\n)?/y;
  gap.lastIndex = nameEnd;
  return nameEnd + (gap.exec(text)?.[0].length ?? 0);
}

function withoutSemicolon(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const at = tokens.findIndex((token) => token.text === ";" && token.kind === "punctuation");
  if (at === -1) return tokens;
  if (tokens.slice(at).some((token) => token.text !== ";")) {
    throw exception("SYNTAX_ERROR", "Multi-statements are not allowed");
  }
  return tokens.slice(0, at);
}

function refuseFiles(tokens: readonly SqlToken[]): void {
  for (const [i, token] of tokens.entries()) {
    if (token.text === "OUTFILE" && tokens[i - 1]?.text === "INTO") {
      throw exception("INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed");
    }
    if (token.text === "INFILE" && tokens[i - 1]?.text === "FROM" && token.depth === 0) {
      throw exception("INTO_OUTFILE_NOT_ALLOWED", "FROM INFILE is not allowed");
    }
  }
}

/** Finds `FORMAT name [SETTINGS …]` at the end; a column or a function may also be called `format`. */
function findFormatClause(tokens: readonly SqlToken[]): number {
  for (let i = tokens.length - 2; i > 0; i -= 1) {
    const token = tokens[i];
    if (token?.kind !== "word" || token.depth > 0 || token.text !== "FORMAT") continue;
    const next = tokens[i + 1];
    const after = tokens[i + 2];
    if (tokens[i - 1]?.text === "." || next?.kind !== "word" || next.text === "SETTINGS") continue;
    if (after === undefined || after.text === "SETTINGS") return i;
  }
  return -1;
}

function wordAfter(tokens: readonly SqlToken[], index: number, text: string): string | undefined {
  const word = tokens[index + 1];
  return word === undefined ? undefined : text.slice(word.start, word.end);
}

function hasTopLevel(tokens: readonly SqlToken[], keyword: string): boolean {
  return tokens.some((token) => token.kind === "word" && token.depth === 0 && token.text === keyword);
}

function placeholderNames(tokens: readonly SqlToken[], text: string): readonly string[] {
  const names: string[] = [];
  for (const [i, token] of tokens.entries()) {
    const name = tokens[i + 1];
    if (token.text === "{" && token.kind === "punctuation" && name?.kind === "word" && tokens[i + 2]?.text === ":") {
      names.push(text.slice(name.start, name.end));
    }
  }
  return names;
}
