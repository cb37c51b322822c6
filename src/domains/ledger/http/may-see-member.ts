import type { Pool } from "pg";
import type { Principal } from "#domains/access/http/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { partnerKnowsMember } from "../store/partner-knows-member.ts";

/** Whether a caller may know of a member at all. */
export type MaySeeMember = (principal: Principal, member: MemberId) => Promise<boolean>;

/** A partner sees the members that have an operation with it; the operator's own people see all. */
export function createMaySeeMember(pool: Pool): MaySeeMember {
  return async (principal, member) =>
    principal.partner === undefined || partnerKnowsMember(pool, principal.partner, member);
}
