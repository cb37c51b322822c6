/** Why what a member asks to have set is refused. */
export type RewardRefusal =
  | { readonly code: "favourite-not-offered"; readonly pointer: string; readonly value: string }
  | { readonly code: "too-many-favourites"; readonly allowed: number; readonly chosen: string[] }
  | { readonly code: "favourites-closed"; readonly month: string }
  | { readonly code: "offer-already-active"; readonly offer: string }
  | { readonly code: "offer-not-active"; readonly offer: string }
  | { readonly code: "offer-used"; readonly offer: string; readonly times: number }
  | { readonly code: "offer-closed"; readonly offer: string; readonly reason: string };
