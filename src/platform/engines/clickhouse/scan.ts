/** One token of ClickHouse SQL. `word` covers keywords and bare names; `quoted` names in "" or ``. */
export type Token = {
  readonly kind: "word" | "quoted" | "string" | "number" | "punct";
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

/**
 * Splits ClickHouse SQL into tokens, without comments and white space. It never fails: an unfinished string or comment
 * runs to the end, and the engine then says what is wrong. (Lexer.cpp of ClickHouse: strings know both `\'` and `''`,
 * heredocs are `$tag$ ... $tag$`, comments are `--`, `#!`, `# ` and and the bracketed ones of C.)
 */
export function* scan(sql: string, from = 0): Generator<Token> {
  let at = from;
  while (at < sql.length) {
    const next = skipBlank(sql, at);
    if (next !== at) {
      at = next;
      continue;
    }
    const token = readToken(sql, at);
    yield token;
    at = token.end;
  }
}

function skipBlank(sql: string, at: number): number {
  const c = sql.charCodeAt(at);
  if (c <= 32 || c === 0xa0 || c === 0xfeff) return at + 1;
  if (sql.startsWith("--", at) || sql.startsWith("#!", at) || sql.startsWith("# ", at)) return endOf(sql, "\n", at);
  if (sql.startsWith("/*", at)) return endOf(sql, "*/", at + 2);
  return at;
}

/** The position after the next `mark`, or the end of the text. */
function endOf(sql: string, mark: string, at: number): number {
  const found = sql.indexOf(mark, at);
  return found < 0 ? sql.length : found + mark.length;
}

const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\d[\w.]*/y;
const HEREDOC = /\$\w*\$/y;

function readToken(sql: string, start: number): Token {
  const c = sql[start] as string;
  const token = (kind: Token["kind"], end: number): Token => ({ kind, text: sql.slice(start, end), start, end });
  if (c === "'") return token("string", endOfQuoted(sql, start, "'"));
  if (c === '"' || c === "`") return token("quoted", endOfQuoted(sql, start, c));
  const word = matchAt(WORD, sql, start);
  if (word !== undefined) return token("word", word);
  const number = matchAt(NUMBER, sql, start);
  if (number !== undefined) return token("number", number);
  if (c === "$") {
    const opened = matchAt(HEREDOC, sql, start);
    if (opened !== undefined) return token("string", endOf(sql, sql.slice(start, opened), opened));
  }
  return token("punct", start + 1);
}

function matchAt(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function endOfQuoted(sql: string, start: number, quote: string): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] === "\\") at++;
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return sql.length;
}
