import { hash32 } from "#kernel/random.ts";
import { PARTNERS } from "./partners.ts";

/** Kilometres east (x) and north (y) of the town hall. */
export type Point = { readonly x: number; readonly y: number };

export type District = {
  readonly id: string;
  readonly title: string;
  readonly titleEn: string;
  readonly centre: Point;
  /** Distance from the centre within which nearly all homes and stores lie. */
  readonly radiusKm: number;
  /** Its part of the city's people; parts sum to 1. */
  readonly populationShare: number;
  /** Incomes here against the city's median. */
  readonly incomeFactor: number;
  /** Streets that addresses are made of. */
  readonly streets: readonly string[];
};

export type StoreChannel = "store" | "online";

export type Store = {
  readonly id: string;
  readonly partner: string;
  readonly brand: string;
  readonly title: string;
  readonly channel: StoreChannel;
  readonly district: string;
  readonly at: Point;
  readonly tills: number;
  /** IANA zone; the whole city lives on Moscow time. */
  readonly timeZone: "Europe/Moscow";
};

export const CITY = { title: "Апельсинск", titleEn: "Apelsinsk", timeZone: "Europe/Moscow" } as const;

function district(
  id: string,
  title: string,
  titleEn: string,
  centre: Point,
  radiusKm: number,
  populationShare: number,
  incomeFactor: number,
  streets: readonly string[],
): District {
  return { id, title, titleEn, centre, radiusKm, populationShare, incomeFactor, streets };
}

/** A city of about 16 by 16 km: a dear centre, a ring of blocks of flats, two outskirts. */
export const DISTRICTS: readonly District[] = [
  district("tsentr", "Центр", "Centre", { x: 0, y: 0 }, 1.4, 0.07, 1.45, ["Соборная", "Театральная", "Мира"]),
  district("zarechye", "Заречье", "Zarechye", { x: -3.2, y: 1.1 }, 1.5, 0.09, 1.0, [
    "Набережная",
    "Речная",
    "Паромная",
  ]),
  district("sadovy", "Садовый", "Sadovy", { x: 2.9, y: 2.4 }, 1.5, 0.09, 1.05, ["Садовая", "Яблоневая", "Вишнёвая"]),
  district("yuzhny", "Южный", "Yuzhny", { x: 0.8, y: -4.1 }, 1.7, 0.12, 0.92, ["Южная", "Солнечная", "Степная"]),
  district("severny", "Северный", "Severny", { x: -0.6, y: 4.6 }, 1.7, 0.12, 0.94, ["Северная", "Лётная", "Полярная"]),
  district("vokzalny", "Вокзальный", "Vokzalny", { x: 2.2, y: -1.3 }, 1.2, 0.07, 0.88, [
    "Вокзальная",
    "Путевая",
    "Перронная",
  ]),
  district("zavodskoy", "Заводской", "Zavodskoy", { x: 5.4, y: -2.6 }, 1.8, 0.1, 0.82, [
    "Заводская",
    "Литейная",
    "Ткацкая",
  ]),
  district("universitetsky", "Университетский", "Universitetsky", { x: -2.4, y: -2.2 }, 1.3, 0.08, 1.12, [
    "Университетская",
    "Научная",
    "Студенческая",
  ]),
  district("ozerny", "Озёрный", "Ozyorny", { x: -5.6, y: -1.8 }, 1.6, 0.07, 1.08, ["Озёрная", "Рыбачья", "Берёзовая"]),
  district("sosnovy", "Сосновый", "Sosnovy", { x: -4.4, y: 5.2 }, 1.9, 0.05, 1.3, ["Сосновая", "Лесная", "Дачная"]),
  district("novy-gorod", "Новый Город", "Novy Gorod", { x: 4.8, y: 5.6 }, 1.8, 0.1, 1.1, [
    "Новая",
    "Молодёжная",
    "Космонавтов",
  ]),
  district("staraya-sloboda", "Старая Слобода", "Staraya Sloboda", { x: -1.9, y: -6.4 }, 1.6, 0.04, 0.85, [
    "Слободская",
    "Кузнечная",
    "Гончарная",
  ]),
];

/** Tills stand in the named number of stores of every listed district ("all" unless listed). */
type Chain = {
  readonly partner: string;
  readonly perDistrict: number;
  readonly tills: number;
  readonly districts?: readonly string[];
};

const CHAINS: readonly Chain[] = [
  { partner: "kalitka", perDistrict: 2, tills: 4 },
  { partner: "samobranka", perDistrict: 1, tills: 8 },
  { partner: "dushitsa", perDistrict: 1, tills: 2 },
  {
    partner: "polny-bak",
    perDistrict: 1,
    tills: 3,
    districts: ["zarechye", "yuzhny", "severny", "vokzalny", "zavodskoy", "ozerny", "sosnovy", "novy-gorod"],
  },
  { partner: "kubyshka", perDistrict: 1, tills: 2, districts: ["tsentr", "yuzhny", "severny", "novy-gorod"] },
  {
    partner: "perezvon",
    perDistrict: 1,
    tills: 2,
    districts: ["tsentr", "yuzhny", "severny", "vokzalny", "novy-gorod"],
  },
  { partner: "obereg", perDistrict: 1, tills: 1, districts: ["tsentr", "zavodskoy"] },
  { partner: "galyorka", perDistrict: 1, tills: 2, districts: ["tsentr", "universitetsky"] },
];

/** Web shops and the bank's card processing: one "store" each, in the centre, its tills being servers. */
const ONLINE: readonly {
  readonly id: string;
  readonly partner: string;
  readonly brand: string;
  readonly title: string;
}[] = [
  { id: "kalitka-online", partner: "kalitka", brand: "kalitka", title: "Калитка, доставка" },
  { id: "samobranka-online", partner: "samobranka", brand: "samobranka-dostavka", title: "Самобранка Доставка" },
  { id: "dushitsa-online", partner: "dushitsa", brand: "dushitsa", title: "Душица, сайт" },
  { id: "kubyshka-cards", partner: "kubyshka", brand: "kubyshka", title: "Кубышка, карты" },
  { id: "perezvon-online", partner: "perezvon", brand: "perezvon", title: "Перезвон, личный кабинет" },
  { id: "obereg-online", partner: "obereg", brand: "obereg", title: "Оберег, сайт" },
  { id: "galyorka-online", partner: "galyorka", brand: "galyorka", title: "Галёрка, сайт" },
  { id: "rybny-oboz-online", partner: "rybny-oboz", brand: "rybny-oboz", title: "Рыбный Обоз, сайт" },
];

/** A place in the district fixed by a name, uniform over its disc: the map is the same for every seed. */
function placeIn(place: District, name: string): Point {
  const radius = place.radiusKm * Math.sqrt(hash32(`${name}/radius`) / 4_294_967_296);
  const angle = 2 * Math.PI * (hash32(`${name}/angle`) / 4_294_967_296);
  return { x: place.centre.x + radius * Math.cos(angle), y: place.centre.y + radius * Math.sin(angle) };
}

function storesOf(chain: Chain): Store[] {
  const partner = PARTNERS.find((each) => each.id === chain.partner);
  if (!partner) throw new Error(`no partner ${chain.partner}`);
  const places = DISTRICTS.filter((each) => chain.districts?.includes(each.id) ?? true);
  return places.flatMap((place) =>
    Array.from({ length: chain.perDistrict }, (_, i): Store => {
      const id = `${chain.partner}-${place.id}-${i + 1}`;
      return {
        id,
        partner: chain.partner,
        brand: chain.partner,
        title: `${partner.title}, ${place.title}, ${i + 1}`,
        channel: "store",
        district: place.id,
        at: placeIn(place, id),
        tills: chain.tills,
        timeZone: CITY.timeZone,
      };
    }),
  );
}

/** Every store; its number in this list is what internal receipts carry. Ids do not depend on the seed. */
export const STORES: readonly Store[] = [
  ...CHAINS.flatMap(storesOf),
  ...ONLINE.map(
    (each): Store => ({
      ...each,
      channel: "online",
      district: "tsentr",
      at: { x: 0, y: 0 },
      tills: 4,
      timeZone: CITY.timeZone,
    }),
  ),
];
