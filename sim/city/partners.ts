/** What a partner does; behaviour is modelled by kind, so a second bank would need no new code. */
export type PartnerKind = "grocer" | "bank" | "telecom" | "insurer" | "tickets" | "pharmacy" | "fuel" | "fish-delivery";

export type Brand = { readonly id: string; readonly title: string; readonly titleEn: string };

export type Partner = {
  readonly id: string;
  readonly kind: PartnerKind;
  readonly title: string;
  readonly titleEn: string;
  /** The two grocers belong to one family, so they do not compete inside the coalition (FACTS.md section 1). */
  readonly family?: string;
  readonly brands: readonly Brand[];
};

/** The coalition's own company: funds lots of its own, sells nothing, so it has no stores. */
export const OPERATOR_ID = "dolka-operator";

function partner(id: string, kind: PartnerKind, title: string, titleEn: string): Partner {
  return { id, kind, title, titleEn, brands: [{ id, title, titleEn }] };
}

/** All brands are invented. The order is part of the generator: an index into this list is a partner's number. */
export const PARTNERS: readonly Partner[] = [
  { ...partner("kalitka", "grocer", "Калитка", "Kalitka (neighbourhood grocer)"), family: "zabor" },
  {
    ...partner("samobranka", "grocer", "Самобранка", "Samobranka (supermarket)"),
    family: "zabor",
    brands: [
      { id: "samobranka", title: "Самобранка", titleEn: "Samobranka" },
      { id: "samobranka-dostavka", title: "Самобранка Доставка", titleEn: "Samobranka Delivery" },
    ],
  },
  partner("dushitsa", "pharmacy", "Аптеки «Душица»", "Dushitsa pharmacies"),
  partner("polny-bak", "fuel", "Полный Бак", "Polny Bak (fuel)"),
  partner("kubyshka", "bank", "Банк «Кубышка»", "Kubyshka Bank"),
  partner("perezvon", "telecom", "Перезвон", "Perezvon (telecom)"),
  partner("obereg", "insurer", "Оберег Страхование", "Obereg Insurance"),
  partner("galyorka", "tickets", "Галёрка", "Galyorka (ticket office)"),
  partner("rybny-oboz", "fish-delivery", "Рыбный Обоз", "Rybny Oboz (fish delivery)"),
];

/** Numbers of partners in PARTNERS; behaviour code says `GROCER_NEAR`, never 0. */
export const GROCER_NEAR = 0;
export const GROCER_LARGE = 1;
export const PHARMACY = 2;
export const FUEL = 3;
export const BANK = 4;
export const TELECOM = 5;
export const INSURER = 6;
export const TICKETS = 7;
export const FISH = 8;

export function isGrocer(partner: number): boolean {
  return partner <= GROCER_LARGE;
}
