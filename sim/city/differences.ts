/** How a profile differs from what the passport, the present phone and the present address say. */
export type Difference =
  | "typo"
  | "yo-lost"
  | "diminutive"
  | "nickname"
  | "swapped"
  | "translit"
  | "wrong-layout"
  | "earlier-name"
  | "no-middle"
  | "wrong-birth-date"
  | "no-birth-date"
  | "no-gender"
  | "no-address"
  | "earlier-address"
  | "earlier-phone"
  | "family-phone"
  | "recycled-phone"
  | "email-typo"
  | "second-profile"
  | "many-accounts";

/** Writes a difference down if it is there, and says so. */
export type Note = (is: boolean, difference: Difference) => boolean;
