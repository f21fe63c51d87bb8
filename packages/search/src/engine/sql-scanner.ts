/** One token of ClickHouse SQL; `text` is set for words (upper-cased) and punctuation, offsets are in the scanned string. */
export type SqlToken = Readonly<{
  kind: "word" | "quoted" | "punctuation";
  text: string;
  start: number;
  end: number;
  /** How many round, square and curly brackets are open around the token. */
  depth: number;
}>;

/**
 * Yields the tokens of a statement, leaving out white space and comments.
 *
 * It knows as much of ClickHouse's lexer as is needed to tell keywords from text: strings with backslash and doubled
 * quotes, quoted identifiers, heredocs (`$tag$…$tag$`), `--`, `# ` and block comments. It never fails: what is left open
 * runs to the end, and the engine reports it.
 */
export function* scanSql(sql: string, from = 0): Generator<SqlToken> {
  let depth = 0;
  let at = from;
  while (at < sql.length) {
    const end = skipBlank(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const start = at;
    const char = sql[start] ?? "";
    if (char === "'" || char === '"' || char === "`") {
      at = quotedEnd(sql, start);
      yield { kind: "quoted", text: char, start, end: at, depth };
      continue;
    }
    const heredoc = char === "$" ? heredocEnd(sql, start) : start;
    if (heredoc > start) {
      at = heredoc;
      yield { kind: "quoted", text: "$", start, end: at, depth };
      continue;
    }
    WORD.lastIndex = start;
    const word = WORD.exec(sql);
    if (word !== null) {
      at = start + word[0].length;
      yield { kind: "word", text: word[0].toUpperCase(), start, end: at, depth };
      continue;
    }
    at = start + 1;
    if ("([{".includes(char)) {
      yield { kind: "punctuation", text: char, start, end: at, depth };
      depth += 1;
    } else {
      if (")]}".includes(char) && depth > 0) depth -= 1;
      yield { kind: "punctuation", text: char, start, end: at, depth };
    }
  }
}

const WORD = /[A-Za-z0-9_\x80-\uffff][A-Za-z0-9_$\x80-\uffff]*/y;
const BLANK = /[\s\0]+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const HEREDOC = /\$[A-Za-z0-9_]*\$/y;

/** Returns the offset after the blank that starts at `at`, or `at` itself. */
function skipBlank(sql: string, at: number): number {
  BLANK.lastIndex = at;
  const blank = BLANK.exec(sql);
  return blank === null ? at : at + blank[0].length;
}

function quotedEnd(sql: string, start: number): number {
  const quote = sql[start];
  for (let at = start + 1; at < sql.length; at += 1) {
    if (sql[at] === "\\") at += 1;
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return sql.length;
}

function heredocEnd(sql: string, start: number): number {
  HEREDOC.lastIndex = start;
  const tag = HEREDOC.exec(sql)?.[0];
  if (tag === undefined) return start;
  const close = sql.indexOf(tag, start + tag.length);
  return close === -1 ? sql.length : close + tag.length;
}

/** Quotes a string for ClickHouse SQL. */
export function quoteSqlString(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Quotes an identifier for ClickHouse SQL. */
export function quoteSqlIdentifier(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
