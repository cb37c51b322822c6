/** Reads 1 234,50 · 1,234.50 · $12 · 3.4: the last comma or point before one or two final digits is the decimal one. */
export function parseNumber(text: string): number | undefined {
  const bare = text.replace(/[\s\u00a0'_]/g, "").replace(/^[^\d+\-.,]+|[^\d]+$/g, "");
  if (!/^[+-]?[\d.,]+$/.test(bare) || !/\d/.test(bare)) return undefined;
  const comma = bare.lastIndexOf(",");
  const point = bare.lastIndexOf(".");
  let plain = bare;
  if (comma >= 0 && point >= 0)
    plain = comma > point ? bare.replaceAll(".", "").replace(",", ".") : bare.replaceAll(",", "");
  else if (comma >= 0) plain = /^[+-]?\d{1,3}(,\d{3})+$/.test(bare) ? bare.replaceAll(",", "") : bare.replace(",", ".");
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
