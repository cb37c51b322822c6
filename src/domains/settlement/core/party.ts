import type { PartnerId } from "#kernel/ids.ts";

/** A partner as it stands on documents. Only id and title must be known; the rest is printed when given. */
export type Party = {
  readonly id: PartnerId;
  /** The name that people know. */
  readonly title: string;
  readonly legalName?: string;
  /** Taxpayer number (ИНН), reason code (КПП) and state register number (ОГРН). */
  readonly inn?: string;
  readonly kpp?: string;
  readonly ogrn?: string;
  readonly address?: string;
  readonly bank?: {
    readonly name: string;
    readonly bik: string;
    readonly account: string;
    readonly correspondentAccount?: string;
  };
  readonly signatory?: {
    readonly position: string;
    readonly name: string;
    /** What the right to sign rests on, in the genitive: "Устава", "доверенности № 5". */
    readonly basis?: string;
  };
};
