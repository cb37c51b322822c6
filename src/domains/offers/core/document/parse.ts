import { normalise, type ProgrammeDocument } from "#domains/program/index.ts";
import type { Result } from "#kernel/result.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { checkOffers } from "./check.ts";
import { type OfferFile, offerFileSchema } from "./schema.ts";

/** Reads a file of offers: syntax, then the schema, then meaning. All faults of the first stage that has any. */
export function parseOffers(
  text: string,
  fileName: string,
  programme: ProgrammeDocument,
): Result<OfferFile, readonly FileFault[]> {
  const finish = (value: unknown) => normalise(offerFileSchema, value) as OfferFile;
  return readYaml(text, fileName, offerFileSchema, finish, (file) => checkOffers(file, programme));
}
