import type { ClientBase, Pool } from "pg";
import { readAnonymousReceipt, readOperation } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { RequestKey } from "./keys.ts";
import type { Posted } from "./task.ts";

/** The original answer's material, for a request whose key is claimed. */
export async function readPosted(
  client: ClientBase | Pool,
  key: Pick<RequestKey, "keyBucket" | "keyHash">,
  claim: { readonly member?: MemberId; readonly seq?: number },
): Promise<Posted> {
  if (claim.member !== undefined && claim.seq !== undefined) {
    const operation = await readOperation(client, claim.member, claim.seq);
    invariant(operation, "a claimed key names an operation that is not there");
    return { replayed: true, operation };
  }
  const anonymous = await readAnonymousReceipt(client, key.keyBucket, key.keyHash);
  invariant(anonymous, "a claimed key names a receipt that is not there");
  return { replayed: true, anonymousBody: anonymous.body };
}
