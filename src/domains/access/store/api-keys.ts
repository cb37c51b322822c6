import type { Pool } from "pg";
import type { ApiKey } from "../core/api-key.ts";
import type { Role } from "../core/principal.ts";

type Row = {
  key_id: string;
  key_hash: Buffer;
  role: Role;
  partner: string | null;
  name: string;
  created_at: Date;
  created_by: string | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  revoked_by: string | null;
  last_used_day: string | null;
};

const COLUMNS =
  "key_id, key_hash, role, partner, name, created_at, created_by, expires_at, revoked_at, revoked_by, last_used_day";

/** By the unique index on key_hash, one probe a key. */
const FIND = `select ${COLUMNS} from api_key where key_hash = any($1::bytea[])`;

const INSERT = `
insert into api_key (key_id, key_hash, role, partner, name, created_at, created_by, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** By primary key, backwards from the cursor: newest first. */
const LIST = `
select ${COLUMNS} from api_key
where ($1::text is null or key_id < $1) and ($2::text is null or partner = $2)
order by key_id desc limit $3`;

/** By primary key. The first revocation stands: a second one changes nothing and still finds the row. */
const REVOKE = `
update api_key set revoked_at = coalesce(revoked_at, $2),
                   revoked_by = case when revoked_at is null then $3 else revoked_by end
where key_id = $1
returning ${COLUMNS}`;

/** By primary key; rows of keys used for the first time that day only. */
const TOUCH = `
update api_key set last_used_day = $2::date
where key_id = any($1::text[]) and (last_used_day is null or last_used_day < $2::date)`;

/** Keys by the hex of their hash; unknown ones are absent. Revoked and expired ones are there. */
export async function findKeys(pool: Pool, hashes: readonly string[]): Promise<Map<string, ApiKey>> {
  const { rows } = await pool.query<Row>(FIND, [hashes.map((hash) => Buffer.from(hash, "hex"))]);
  return new Map(rows.map((row) => [row.key_hash.toString("hex"), toApiKey(row)]));
}

export async function insertKey(pool: Pool, key: ApiKey, hash: string): Promise<void> {
  await pool.query(INSERT, [
    key.keyId,
    Buffer.from(hash, "hex"),
    key.role,
    key.partner ?? null,
    key.name,
    new Date(key.createdAt),
    key.createdBy ?? null,
    key.expiresAt === undefined ? null : new Date(key.expiresAt),
  ]);
}

export async function selectKeys(
  pool: Pool,
  page: { readonly beforeId?: string | undefined; readonly partner?: string | undefined; readonly limit: number },
): Promise<ApiKey[]> {
  const { rows } = await pool.query<Row>(LIST, [page.beforeId ?? null, page.partner ?? null, page.limit]);
  return rows.map(toApiKey);
}

/** The key as it stands after; undefined when there is none of that id. */
export async function updateRevoked(
  pool: Pool,
  keyId: string,
  at: number,
  by: string | undefined,
): Promise<ApiKey | undefined> {
  const { rows } = await pool.query<Row>(REVOKE, [keyId, new Date(at), by ?? null]);
  return rows[0] === undefined ? undefined : toApiKey(rows[0]);
}

export async function updateLastUsed(pool: Pool, keyIds: readonly string[], day: string): Promise<void> {
  await pool.query(TOUCH, [keyIds, day]);
}

function toApiKey(row: Row): ApiKey {
  return {
    keyId: row.key_id,
    role: row.role,
    ...(row.partner === null ? {} : { partner: row.partner }),
    name: row.name,
    createdAt: row.created_at.getTime(),
    ...(row.created_by === null ? {} : { createdBy: row.created_by }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.getTime() }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.getTime() }),
    ...(row.revoked_by === null ? {} : { revokedBy: row.revoked_by }),
    ...(row.last_used_day === null ? {} : { lastUsedDay: row.last_used_day }),
  };
}
