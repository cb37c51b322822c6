/** Transaction ids of one page of rows that are not moved yet, summed up. */
export type Page = {
  /** Rows in the page, at most the limit it was read with. */
  readonly rows: number;
  readonly firstXid: number;
  readonly lastXid: number;
};

/**
 * Where a batch ends, exclusive: at whole transactions only, because a position names transactions. A page that is not
 * full holds all that there is below the horizon; a full one may hold a part of its last transaction, which is left for the next
 * batch unless there is nothing else: a transaction larger than the limit goes as one.
 */
export function cutAt(page: Page, limit: number, horizonXid: number): number {
  if (page.rows < limit) return horizonXid;
  return page.firstXid === page.lastXid ? page.lastXid + 1 : page.lastXid;
}
