/** What keeps strangers from being taken for one person; the coalition may set its own. */
export type Guards = {
  /** Most verified identifiers of a kind that one member may have; more is a call centre or a fraud. */
  readonly most: Readonly<Partial<Record<string, number>>>;
  /** Most members that may have become one. */
  readonly mostMerges: number;
  /** Values that say nothing of who somebody is, as normalised (digits of a phone): a call centre, all zeros. */
  readonly blocked: readonly { readonly kind: string; readonly value: string }[];
  /** A verified phone whose known owner was born on another day: a review, or it is the new owner's from now on. */
  readonly phoneOfAnother: "review" | "move";
};

export const DEFAULT_GUARDS: Guards = {
  most: { phone: 5, card: 20, email: 5, payment: 50, token: 50, device: 50 },
  mostMerges: 10,
  blocked: [],
  phoneOfAnother: "review",
};

/** A card or phone of one repeated digit, or that counts up, is nobody's. */
export function isMeaningless(kind: string, normalised: string): boolean {
  if (kind !== "phone" && kind !== "card") return kind === "email" && /^(?:no|none|noreply|test|net)@/.test(normalised);
  const digits = normalised.replace(/\D/g, "");
  const tail = kind === "phone" ? digits.slice(-7) : digits;
  return tail === "" || /^(\d)\1*$/.test(tail) || "01234567890".includes(tail);
}

export function isBlocked(guards: Guards, kind: string, normalised: string): boolean {
  if (isMeaningless(kind, normalised)) return true;
  return guards.blocked.some((each) => each.kind === kind && each.value === normalised);
}
