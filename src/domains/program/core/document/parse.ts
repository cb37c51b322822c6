import { LineCounter, parseDocument } from "yaml";
import { err, ok, type Result } from "#kernel/result.ts";
import { checkMeaning } from "./check.ts";
import { withDefaults } from "./defaults.ts";
import { type Fault, type ProgrammeError, pointerOf } from "./errors.ts";
import { normalise } from "./normalise.ts";
import { positionOf } from "./positions.ts";
import { type ProgrammeDocument, type ProgrammeFile, programmeSchema } from "./schema.ts";
import { schemaFaults } from "./schema-faults.ts";

/**
 * Reads a programme file (YAML 1.2, so JSON too): syntax first, then the schema, then what the schema can't say
 * (names that exist, shares that sum ...). All errors of the first stage that has any, in the order of the file.
 */
export function parseProgramme(text: string, fileName: string): Result<ProgrammeDocument, readonly ProgrammeError[]> {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntax = [...yaml.errors, ...yaml.warnings].map((error): ProgrammeError => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { file: fileName, line, column: col, path: "", kind: "syntax", message: error.message };
  });
  if (syntax.length > 0) return err(syntax);
  const place = (fault: Fault): ProgrammeError => ({
    file: fileName,
    ...positionOf(yaml, lines, fault.path, fault.atKey ?? false),
    path: pointerOf(fault.path),
    kind: fault.kind,
    message: fault.message,
    ...(fault.didYouMean === undefined ? {} : { didYouMean: fault.didYouMean }),
  });
  const value: unknown = yaml.toJS();
  const misshapen = schemaFaults(programmeSchema, value);
  if (misshapen.length > 0) return err(inFileOrder(misshapen.map(place)));
  const document = withDefaults(normalise(programmeSchema, value) as ProgrammeFile);
  const meaningless = checkMeaning(document);
  if (meaningless.length > 0) return err(inFileOrder(meaningless.map(place)));
  return ok(document);
}

function inFileOrder(errors: readonly ProgrammeError[]): ProgrammeError[] {
  return [...errors].sort((a, b) => a.line - b.line || a.column - b.column);
}
