type Block = { readonly m: number; readonly u: number; readonly levels: number };

/**
 * The nearest m for which a stronger agreement never weighs less than a weaker one: neighbours whose m/u is out of order are
 * pooled (pool adjacent violators, Ayer et al. 1955), which keeps their sum.
 */
export function ordered(m: readonly number[], u: readonly number[]): number[] {
  const blocks: Block[] = [];
  for (const [level, share] of m.entries()) {
    blocks.push({ m: share, u: u[level] ?? 1, levels: 1 });
    for (let last = blocks.length - 1; last > 0; last = blocks.length - 1) {
      const [before, own] = [blocks[last - 1], blocks[last]] as [Block, Block];
      if (before.m * own.u >= own.m * before.u) break;
      blocks.splice(last - 1, 2, { m: before.m + own.m, u: before.u + own.u, levels: before.levels + own.levels });
    }
  }
  let level = 0;
  return blocks.flatMap((block) => Array.from({ length: block.levels }, () => (block.m * (u[level++] ?? 1)) / block.u));
}
