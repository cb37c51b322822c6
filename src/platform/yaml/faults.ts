/** One fault of a YAML file, where it stands and what should stand there. */
export type FileFault = {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the document, as a JSON pointer: `/rules/base/earn`. */
  readonly path: string;
  readonly kind: "syntax" | "schema" | "meaning";
  /** What is wrong, as a sentence without its end: `expected a percentage such as 5%, got "five"`. */
  readonly message: string;
  /** The nearest thing that would be right. */
  readonly didYouMean?: string;
};

export type Path = readonly (string | number)[];

/** A fault before it is placed in its file. */
export type Fault = {
  readonly path: Path;
  /** Whether the key itself is at fault, not what it holds. */
  readonly atKey?: boolean;
  readonly kind: "schema" | "meaning";
  readonly message: string;
  readonly didYouMean?: string;
};

export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** `programme.yaml:12:9 /rules/base/earn: expected …, got …. Did you mean "…"?` */
export function formatFileFault(error: FileFault): string {
  const place = `${error.file}:${error.line}:${error.column}`;
  const hint = error.didYouMean === undefined ? "" : `. Did you mean "${error.didYouMean}"?`;
  return `${place} ${error.path === "" ? "" : `${error.path}: `}${error.message}${hint}`;
}
