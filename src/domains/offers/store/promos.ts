import type { ClientBase, Pool } from "pg";
import { type StoredWork, workStore } from "#domains/publishing/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int4Array, uuidArray } from "#platform/postgres/binary-arrays.ts";
import type { CodeKey } from "../core/codes.ts";
import type { OfferForecast } from "../core/forecast.ts";
import type { PromoDocument } from "../core/promo/schema.ts";

export type StoredPromo = StoredWork<PromoDocument, OfferForecast>;

/** Tables `promotion` and `promotion_log`. */
export const promoStore = workStore<PromoDocument, OfferForecast>("promotion");

export type PromoUse = {
  /** Undefined once the codes were exported. */
  readonly salt?: Buffer;
  readonly used: number;
  readonly generated: number;
  readonly issued: number;
  readonly exportingAt?: EpochMs;
  readonly exportedAt?: EpochMs;
};

const USE = "salt, used, generated, issued, exporting_at, exported_at";
type UseRow = {
  salt: Buffer | null;
  used: number | string;
  generated: number;
  issued: number;
  exporting_at: Date | null;
  exported_at: Date | null;
};

/** By primary key; the first to ask gives the salt. */
const OPEN_USE = "insert into promo_use (promo, salt) values ($1, $2) on conflict (promo) do nothing";

export async function openUse(client: ClientBase | Pool, promo: string, salt: Uint8Array): Promise<void> {
  await client.query(OPEN_USE, [promo, salt]);
}

/** By primary key. */
export async function readUse(client: ClientBase | Pool, promo: string): Promise<PromoUse | undefined> {
  const { rows } = await client.query<UseRow>(`select ${USE} from promo_use where promo = $1`, [promo]);
  return rows[0] && toUse(rows[0]);
}

/** By primary key, locked until the transaction ends. */
export async function lockUse(client: ClientBase, promo: string): Promise<PromoUse | undefined> {
  const { rows } = await client.query<UseRow>(`select ${USE} from promo_use where promo = $1 for update`, [promo]);
  return rows[0] && toUse(rows[0]);
}

/** Codes from a number on, and the count of them, in one statement; a page that was written before is left as it is. */
const PUT_CODES = `
with put as (
  insert into promo_code (code_bucket, code_hash, promo, number)
  select x.code_bucket, x.code_hash, $4, x.number from unnest($1::int2[], $2::uuid[], $3::int4[]) as x(code_bucket, code_hash, number)
  order by x.code_bucket, x.code_hash
  on conflict (code_bucket, code_hash) do nothing
  returning 1
)
update promo_use set generated = greatest(generated, $5) where promo = $4 and (select count(*) from put) >= 0
returning (select count(*) from put)::int as count`;

export async function putCodes(
  client: ClientBase | Pool,
  promo: string,
  from: number,
  keys: readonly CodeKey[],
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(PUT_CODES, [
    int2Array(keys.map(({ bucket }) => bucket)),
    uuidArray(keys.map(({ hash }) => hash)),
    int4Array(keys.map((_, i) => from + i)),
    promo,
    from + keys.length,
  ]);
  return rows[0]?.count ?? 0;
}

export type StoredCode = { readonly promo: string; readonly issuedTo?: MemberId; readonly usedBy?: MemberId };

/** By primary key. */
const FIND_CODE = "select promo, issued_to, used_by from promo_code where code_bucket = $1 and code_hash = $2";

export async function findCode(
  client: ClientBase | Pool,
  key: CodeKey,
  isLocked = false,
): Promise<StoredCode | undefined> {
  const { rows } = await client.query<{ promo: string; issued_to: number | null; used_by: number | null }>(
    isLocked ? `${FIND_CODE} for update` : FIND_CODE,
    [key.bucket, hashText(key)],
  );
  const row = rows[0];
  if (!row) return undefined;
  return {
    promo: row.promo,
    ...(row.issued_to === null ? {} : { issuedTo: Number(row.issued_to) }),
    ...(row.used_by === null ? {} : { usedBy: Number(row.used_by) }),
  };
}

/** By promo_code_issued, then promo_code_number. */
const ISSUED = "select number from promo_code where promo = $1 and issued_to = $2";
const ISSUE = "update promo_code set issued_to = $3 where promo = $1 and number = $2";
const COUNT_ISSUED = "update promo_use set issued = issued + 1 where promo = $1";

/** The code that a member has of a promo, or the next free one; undefined when none is left. The use row is locked. */
export async function issueCode(
  client: ClientBase,
  promo: string,
  member: MemberId,
  use: PromoUse,
): Promise<number | undefined> {
  const known = await client.query<{ number: number }>(ISSUED, [promo, member]);
  if (known.rows[0]) return known.rows[0].number;
  if (use.issued >= use.generated) return undefined;
  await client.query(ISSUE, [promo, use.issued, member]);
  await client.query(COUNT_ISSUED, [promo]);
  return use.issued;
}

/** By primary key: an export begins, unless one is under way (younger than ten minutes) or was done. */
const BEGIN_EXPORT = `
update promo_use set exporting_at = $2 where promo = $1 and exported_at is null and salt is not null and issued = 0
  and (exporting_at is null or exporting_at < $3) returning salt, generated`;
const END_EXPORT = "update promo_use set exporting_at = null, exported_at = $2, salt = null where promo = $1";
const DROP_EXPORT = "update promo_use set exporting_at = null where promo = $1 and exported_at is null";

const EXPORT_TAKES_MS = 600_000;

export async function beginExport(pool: Pool, promo: string, now: EpochMs) {
  const { rows } = await pool.query<{ salt: Buffer; generated: number }>(BEGIN_EXPORT, [
    promo,
    new Date(now),
    new Date(now - EXPORT_TAKES_MS),
  ]);
  return rows[0];
}

/** Nobody can make the codes again: the salt goes. */
export async function endExport(pool: Pool, promo: string, now: EpochMs): Promise<void> {
  await pool.query(END_EXPORT, [promo, new Date(now)]);
}

export async function dropExport(pool: Pool, promo: string): Promise<void> {
  await pool.query(DROP_EXPORT, [promo]);
}

export function hashText({ hash }: { readonly hash: Buffer }): string {
  return hash.toString("hex");
}

function toUse(row: UseRow): PromoUse {
  return {
    ...(row.salt === null ? {} : { salt: row.salt }),
    used: Number(row.used),
    generated: row.generated,
    issued: row.issued,
    ...(row.exporting_at === null ? {} : { exportingAt: row.exporting_at.getTime() }),
    ...(row.exported_at === null ? {} : { exportedAt: row.exported_at.getTime() }),
  };
}
