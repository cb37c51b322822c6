import type { Fault, Path } from "#platform/yaml/faults.ts";
import { suggest } from "#platform/yaml/suggest.ts";

/** Gathers faults; every check goes on after one. */
export type Collector = {
  readonly faults: Fault[];
  /** A fault of what stands at a path, or of its key. */
  add(path: Path, message: string, atKey?: "key"): void;
  /** `value` must be one of `known`, or each of its entries when it is a list. `noun` is what it names: "partner". */
  refer(
    path: Path,
    value: string | readonly string[] | undefined,
    known: Readonly<Record<string, unknown>>,
    noun: string,
  ): void;
};

export function createCollector(): Collector {
  const faults: Fault[] = [];
  const referOne = (
    path: Path,
    value: string,
    known: Readonly<Record<string, unknown>>,
    noun: string,
    atKey: boolean,
  ) => {
    if (Object.hasOwn(known, value)) return;
    const near = suggest(value, Object.keys(known));
    const fault: Fault = {
      kind: "meaning",
      path,
      atKey,
      message: `expected a ${noun} of this programme, got "${value}"`,
    };
    faults.push(near === undefined ? fault : { ...fault, didYouMean: near });
  };
  return {
    faults,
    add: (path, message, atKey) => {
      faults.push({ kind: "meaning", path, message, ...(atKey ? { atKey: true } : {}) });
    },
    refer: (path, value, known, noun) => {
      if (value === undefined) return;
      if (typeof value === "string") referOne(path, value, known, noun, path.at(-1) === value);
      else value.forEach((each, i) => void referOne([...path, i], each, known, noun, false));
    },
  };
}
