import { scan, type Token } from "./scan.ts";

/** An INSERT whose rows follow as data. */
export type InsertWithData = {
  /** The text up to and with the target and its columns. */
  readonly target: string;
  /** What stands between them and the format, such as `SETTINGS a = 1`. */
  readonly settings: string;
  readonly format: string;
  /** Where the data begins in the text. */
  readonly dataAt: number;
};

export type Statement = {
  /** First word, upper case: SELECT, INSERT, CREATE ... */
  readonly verb: string;
  /** Whether it changes nothing. */
  readonly isRead: boolean;
  /** Whether it changes the connection it runs on (SET, USE, temporary tables). */
  readonly changesConnection: boolean;
  /** Whether its result can be handed on piece by piece. */
  readonly isStreamable: boolean;
  /** The format that the text itself asks for. */
  readonly format: string | undefined;
  /** Names of the `{name:Type}` placeholders. */
  readonly placeholders: ReadonlySet<string>;
  readonly insert: InsertWithData | undefined;
  /** What this door refuses about the text. */
  readonly fault: "empty" | "several-statements" | "client-file" | undefined;
};

const READS = new Set(["SELECT", "WITH", "SHOW", "DESC", "DESCRIBE", "EXISTS", "EXPLAIN", "FROM"]);
/** A subquery after these is executed as a part of the plan; after anything else it is a scalar, computed while planning. */
const PLANNED = new Set(["FROM", "JOIN", "IN", "AS", "ALL", "DISTINCT", "EXCEPT", "INTERSECT", "("]);

/** Looks at a statement as far as the HTTP door needs to. The engine alone decides whether it is valid. */
export function describeStatement(sql: string): Statement {
  const insert = insertWithData(sql);
  const tokens: Token[] = [];
  for (const token of scan(insert === undefined ? sql : sql.slice(0, insert.dataAt))) tokens.push(token);
  const verb = firstWord(tokens);
  return {
    verb,
    isRead: READS.has(verb) && !tokens.some((token, i) => isWord(token, "INSERT") && isWord(tokens[i + 1], "INTO")),
    changesConnection:
      verb === "SET" || verb === "USE" || verb === "BEGIN" || tokens.some((t) => isWord(t, "TEMPORARY")),
    isStreamable: (verb === "SELECT" || verb === "WITH") && !hasScalarSubquery(tokens),
    format: insert === undefined ? outputFormat(tokens) : undefined,
    placeholders: placeholdersOf(tokens),
    insert,
    fault: faultOf(tokens),
  };
}

function faultOf(tokens: readonly Token[]): Statement["fault"] {
  const end = tokens.findIndex((token) => token.text === ";" && token.kind === "punct");
  if (tokens.length === 0 || end === 0) return "empty";
  if (end >= 0 && tokens.slice(end).some((token) => token.text !== ";")) return "several-statements";
  for (let i = 0; i + 1 < tokens.length; i++) {
    if (isWord(tokens[i], "FROM") && isWord(tokens[i + 1], "INFILE")) return "client-file";
    if (isWord(tokens[i], "INTO") && isWord(tokens[i + 1], "OUTFILE")) return "client-file";
  }
  return undefined;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

function firstWord(tokens: readonly Token[]): string {
  const first = tokens.find((token) => token.text !== "(");
  return first?.kind === "word" ? first.text.toUpperCase() : "";
}

function hasScalarSubquery(tokens: readonly Token[]): boolean {
  for (let i = 1; i + 1 < tokens.length; i++) {
    const opensSubquery = tokens[i]?.text === "(" && (isWord(tokens[i + 1], "SELECT") || isWord(tokens[i + 1], "WITH"));
    if (opensSubquery && !PLANNED.has(tokens[i - 1]?.text.toUpperCase() ?? "")) return true;
  }
  return false;
}

/** `... FORMAT name [SETTINGS ...] [;]` at the outermost level. */
function outputFormat(tokens: readonly Token[]): string | undefined {
  let depth = 0;
  let format: string | undefined;
  tokens.forEach((token, i) => {
    if (token.text === "(") depth++;
    else if (token.text === ")") depth--;
    const next = tokens[i + 1];
    const afterName = tokens[i + 2];
    const endsThere = afterName === undefined || afterName.text === ";" || isWord(afterName, "SETTINGS");
    if (depth === 0 && isWord(token, "FORMAT") && next?.kind === "word" && endsThere) format = next.text;
  });
  return format;
}

function placeholdersOf(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  tokens.forEach((token, i) => {
    const name = tokens[i + 1];
    if (token.text === "{" && name?.kind === "word" && tokens[i + 2]?.text === ":") names.add(name.text);
  });
  return names;
}

/** INSERT INTO ... FORMAT x <data>, or INSERT INTO ... VALUES <data>; undefined for INSERT ... SELECT and the rest. */
function insertWithData(sql: string): InsertWithData | undefined {
  let depth = 0;
  let position = 0;
  let targetEnd = 0;
  let settingsAt: number | undefined;
  for (const token of scan(sql)) {
    if (position === 0 && !isWord(token, "INSERT")) return undefined;
    position++;
    if (token.text === "(" && token.kind === "punct") depth++;
    else if (token.text === ")" && token.kind === "punct") depth--;
    if (depth > 0 || position <= 2) continue;
    if (isWord(token, "SELECT") || isWord(token, "WITH") || isWord(token, "INFILE")) return undefined;
    if (token.text === ";" && token.kind === "punct") return undefined;
    if (isWord(token, "SETTINGS")) settingsAt ??= token.start;
    const parts = {
      target: sql.slice(0, settingsAt ?? targetEnd),
      settings: sql.slice(settingsAt ?? targetEnd, targetEnd),
    };
    if (isWord(token, "VALUES")) return { ...parts, format: "Values", dataAt: token.end };
    if (isWord(token, "FORMAT")) {
      const name = scan(sql, token.end).next().value as Token | undefined;
      if (name?.kind !== "word") return undefined;
      return { ...parts, format: name.text, dataAt: dataAfter(sql, name.end) };
    }
    targetEnd = token.end;
  }
  return undefined;
}

/** Data begins after the format's name, an optional `;`, blanks and one line end (ParserInsertQuery of ClickHouse). */
function dataAfter(sql: string, end: number): number {
  return end + (/^;?[ \t\f]*(\r?\n)?/.exec(sql.slice(end, end + 256))?.[0].length ?? 0);
}
