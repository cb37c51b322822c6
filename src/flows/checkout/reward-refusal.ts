/** Why what a member asks to have set is refused. */
export type RewardRefusal =
  | { readonly code: "favourite-not-offered"; readonly pointer: string; readonly value: string }
  | { readonly code: "too-many-favourites"; readonly allowed: number; readonly chosen: string[] }
  | { readonly code: "favourites-closed"; readonly month: string };
