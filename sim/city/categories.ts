import type { PartnerKind } from "./partners.ts";

export type Category = {
  /** Unique in the coalition. */
  readonly id: string;
  readonly title: string;
  readonly titleEn: string;
  readonly kind: PartnerKind;
};

type Row = readonly [id: string, title: string, titleEn: string];

const GROCERY: readonly Row[] = [
  ["bread", "Хлеб и выпечка", "Bread and rolls"],
  ["dairy", "Молочные продукты", "Dairy"],
  ["cheese", "Сыры", "Cheese"],
  ["eggs", "Яйца", "Eggs"],
  ["meat", "Мясо", "Meat"],
  ["poultry", "Птица", "Poultry"],
  ["sausages", "Колбасы и деликатесы", "Sausages and deli"],
  ["fish", "Рыба и морепродукты", "Fish and seafood"],
  ["vegetables", "Овощи и зелень", "Vegetables"],
  ["fruit", "Фрукты и ягоды", "Fruit"],
  ["grains-pasta", "Крупы и макароны", "Grains and pasta"],
  ["canned-food", "Консервы", "Canned food"],
  ["oil-sauces-spices", "Масло, соусы и специи", "Oil, sauces and spices"],
  ["frozen-food", "Замороженные продукты", "Frozen food"],
  ["ready-meals", "Готовая еда", "Ready meals"],
  ["sweets", "Сладости и торты", "Sweets and cakes"],
  ["snacks", "Снеки и орехи", "Snacks and nuts"],
  ["tea-coffee", "Чай и кофе", "Tea and coffee"],
  ["soft-drinks", "Вода, соки и напитки", "Water, juice and soft drinks"],
  ["alcohol", "Алкоголь", "Alcohol"],
  ["tobacco", "Табак", "Tobacco"],
  ["baby-goods", "Детские товары", "Baby goods"],
  ["pet-goods", "Товары для животных", "Pet goods"],
  ["cleaning", "Бытовая химия", "Cleaning and paper"],
  ["personal-care", "Красота и гигиена", "Personal care"],
  ["home-goods", "Дом, кухня и пресса", "Home, kitchen and press"],
  ["flowers-gifts", "Цветы и подарки", "Flowers and gifts"],
];

const PHARMACY: readonly Row[] = [
  ["medicines", "Лекарства", "Medicines"],
  ["vitamins", "Витамины и добавки", "Vitamins and supplements"],
  ["medical-devices", "Медтехника и перевязка", "Medical devices and dressings"],
  ["skin-care", "Лечебная косметика", "Dermocosmetics"],
];

const FUEL: readonly Row[] = [
  ["petrol", "Бензин", "Petrol"],
  ["diesel", "Дизельное топливо", "Diesel"],
  ["car-goods", "Автотовары", "Car goods"],
  ["road-cafe", "Кафе на заправке", "Filling-station café"],
  ["car-wash", "Мойка", "Car wash"],
];

const BANK: readonly Row[] = [
  ["card-spending", "Покупки картой вне коалиции", "Card spending outside the coalition"],
  ["bank-services", "Услуги банка", "Bank services"],
];

const TELECOM: readonly Row[] = [
  ["phone-balance", "Баланс телефона", "Phone balance"],
  ["telecom-services", "Услуги связи", "Telecom services"],
  ["devices", "Телефоны и аксессуары", "Phones and accessories"],
];

const INSURER: readonly Row[] = [
  ["policy-car", "Полис автомобиля", "Car policy"],
  ["policy-home", "Полис жилья", "Home policy"],
  ["policy-travel", "Полис для поездки", "Travel policy"],
  ["policy-health", "Полис здоровья", "Health policy"],
];

const TICKETS: readonly Row[] = [
  ["tickets-theatre", "Билеты в театр", "Theatre tickets"],
  ["tickets-concert", "Билеты на концерт", "Concert tickets"],
  ["tickets-sport", "Билеты на спорт", "Sport tickets"],
  ["tickets-cinema", "Билеты в кино", "Cinema tickets"],
];

const FISH: readonly Row[] = [
  ["fresh-fish", "Свежая рыба с доставкой", "Fresh fish, delivered"],
  ["caviar", "Икра", "Caviar"],
  ["seafood", "Морепродукты с доставкой", "Seafood, delivered"],
  ["fish-preserves", "Рыбные пресервы", "Fish preserves"],
];

function of(kind: PartnerKind, rows: readonly Row[]): Category[] {
  return rows.map(([id, title, titleEn]) => ({ id, title, titleEn, kind }));
}

/** Every category of the coalition. The order is part of the generator: internal receipts carry an index into it. */
export const CATEGORIES: readonly Category[] = [
  ...of("grocer", GROCERY),
  ...of("pharmacy", PHARMACY),
  ...of("fuel", FUEL),
  ...of("bank", BANK),
  ...of("telecom", TELECOM),
  ...of("insurer", INSURER),
  ...of("tickets", TICKETS),
  ...of("fish-delivery", FISH),
];

const NUMBER_BY_ID = new Map(CATEGORIES.map((category, number) => [category.id, number]));

/**
 * A category's bit among those of its kind, for sets of them in one integer. The categories of a kind are a run of
 * CATEGORIES and fewer than 31.
 */
export function localBit(id: string): number {
  const number = categoryNumber(id);
  return 1 << (number - CATEGORIES.findIndex(({ kind }) => kind === CATEGORIES[number]?.kind));
}

/** The category's number in CATEGORIES; throws for an id that does not exist, which is a bug in this folder. */
export function categoryNumber(id: string): number {
  const number = NUMBER_BY_ID.get(id);
  if (number === undefined) throw new Error(`no category ${id}`);
  return number;
}
