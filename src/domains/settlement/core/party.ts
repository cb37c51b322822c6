import type { PartnerId } from "#kernel/ids.ts";

/** Languages of documents. */
export type Language = "ru" | "en";

/** A partner as it stands on documents. Only id and title must be known; the rest is printed when given. */
export type Party = {
  readonly id: PartnerId;
  /** The name that people know. */
  readonly title: { readonly [language in Language]: string };
  readonly legalName?: string;
  /** Taxpayer number (ИНН), reason code (КПП) and state register number (ОГРН). */
  readonly inn?: string;
  readonly kpp?: string;
  readonly ogrn?: string;
  readonly address?: string;
  /** Number and date of the contract with the operator. */
  readonly contract?: string;
  /** Position and name of who signs. */
  readonly signatory?: string;
};

/** A party of which nothing but the id is known. */
export function unknownParty(id: PartnerId): Party {
  return { id, title: { ru: id, en: id } };
}
