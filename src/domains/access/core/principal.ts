import type { PartnerId } from "#kernel/ids.ts";

export const ROLES = ["till", "partner", "analyst", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, as found by the key. Tills and partners act for one partner, the operator's own people for any. */
export type Principal = { readonly keyId: string; readonly role: Role; readonly partner?: PartnerId };

export function needsPartner(role: Role): boolean {
  return role === "till" || role === "partner";
}
