import type { TSchema } from "typebox";
import { LineCounter, parseDocument } from "yaml";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Fault, type FileFault, pointerOf } from "./faults.ts";
import { positionOf } from "./positions.ts";
import { schemaFaults } from "./schema-faults.ts";

/**
 * Reads a YAML 1.2 file (JSON too) and checks it by a schema, then by `check` for what a schema can't say. All faults of
 * the first stage that has any, each with its line and column, in the order of the file.
 */
export function readYaml<T>(
  text: string,
  fileName: string,
  schema: TSchema,
  finish: (value: unknown) => T,
  check: (value: T) => readonly Fault[] = () => [],
): Result<T, readonly FileFault[]> {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntax = [...yaml.errors, ...yaml.warnings].map((error): FileFault => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { file: fileName, line, column: col, path: "", kind: "syntax", message: error.message };
  });
  if (syntax.length > 0) return err(syntax);
  const place = (fault: Fault): FileFault => ({
    file: fileName,
    ...positionOf(yaml, lines, fault.path, fault.atKey ?? false),
    path: pointerOf(fault.path),
    kind: fault.kind,
    message: fault.message,
    ...(fault.didYouMean === undefined ? {} : { didYouMean: fault.didYouMean }),
  });
  const value: unknown = yaml.toJS();
  const misshapen = schemaFaults(schema, value);
  if (misshapen.length > 0) return err(inFileOrder(misshapen.map(place)));
  const finished = finish(value);
  const meaningless = check(finished);
  return meaningless.length > 0 ? err(inFileOrder(meaningless.map(place))) : ok(finished);
}

function inFileOrder(faults: readonly FileFault[]): FileFault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
