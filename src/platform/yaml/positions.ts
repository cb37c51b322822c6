import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Path } from "./faults.ts";

export type Position = { readonly line: number; readonly column: number };

/**
 * Where a path stands in the file: its value, or its key when the key is at fault. A path that leads to nothing (a
 * missing key) stands where the last thing on the way does.
 */
export function positionOf(document: Document, lines: LineCounter, path: Path, atKey: boolean): Position {
  let node: Node | null = document.contents as Node | null;
  let offset = startOf(node);
  for (let depth = 0; depth < path.length; depth++) {
    const step = stepInto(document, node, path[depth] as string | number);
    if (!step) break;
    const isLast = depth === path.length - 1;
    offset = isLast && atKey ? step.keyOffset : (step.valueOffset ?? step.keyOffset);
    node = step.value;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

type Step = { value: Node | null; keyOffset: number; valueOffset: number | undefined };

function stepInto(document: Document, node: Node | null, part: string | number): Step | undefined {
  const resolved = isAlias(node) ? (node.resolve(document) ?? null) : node;
  if (isMap(resolved)) {
    for (const pair of resolved.items) {
      if (!isPair(pair) || keyOf(pair.key) !== String(part)) continue;
      const value = isNode(pair.value) ? pair.value : null;
      const keyOffset = startOf(isNode(pair.key) ? pair.key : null);
      return { value, keyOffset, valueOffset: value?.range ? startOf(value) : undefined };
    }
  } else if (isSeq(resolved)) {
    const item = resolved.items[Number(part)];
    if (isNode(item)) return { value: item, keyOffset: startOf(item), valueOffset: startOf(item) };
  }
  return undefined;
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
