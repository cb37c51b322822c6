import type { TSchema } from "typebox";
import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";
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
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const syntax = [...yaml.errors, ...yaml.warnings, ...repeatedKeys(yaml)].map((error): FileFault => {
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

/** Keys that stand twice in one map. The library's own check compares each with all before it: minutes for 20,000 stores. */
function repeatedKeys(yaml: Document): { pos: readonly [number]; message: string }[] {
  const found: { pos: readonly [number]; message: string }[] = [];
  visit(yaml, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) found.push({ pos: [key.range?.[0] ?? 0], message: `Map keys must be unique: "${name}"` });
        seen.add(name);
      }
    },
  });
  return found;
}

function inFileOrder(faults: readonly FileFault[]): FileFault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
