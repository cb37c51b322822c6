import { createRandom, type Random } from "#kernel/random.ts";
import { drawMember } from "./members.ts";

export type Basket = {
  readonly lines: readonly { readonly category: string; readonly amountKopecks: number }[];
  /** The same as a till writes it. */
  readonly json: string;
};

export type Receipt = {
  readonly kind: "receipt";
  readonly member: number;
  readonly store: string;
  readonly till: string;
  readonly number: string;
  readonly basket: Basket;
  readonly spendCents: number;
};

/** One line of an earlier receipt comes back, or all of it. */
export type Return<Answered> = {
  readonly kind: "return";
  readonly of: Answered;
  readonly store: string;
  readonly till: string;
  readonly number: string;
  readonly line: number | "all";
};

/** The very same request once more. */
export type Retry<Answered> = { readonly kind: "retry"; readonly of: Answered };
export type Visit<Answered> = Receipt | Return<Answered> | Retry<Answered>;

export type Shopping<Answered> = {
  next(): Visit<Answered>;
  /** Tells of an accepted receipt, so that it can be returned or sent again. */
  answered(receipt: Answered): void;
};

export type ShoppingOptions = {
  readonly seed: number;
  readonly members: number;
  /** Members are so many from this one on; 1 unless given. */
  readonly firstMember?: number;
  /** Begins every receipt's number, so that no two runs on the same day meet. */
  readonly run: string;
};

export const SHARE = { spending: 0.1, returns: 0.02, retries: 0.01 };

const CATEGORIES = ["bread", "dairy", "fish", "tea", "food", "home", "pets", "tobacco"];
const STORES = ["alfa-1", "alfa-2", "alfa-3", "alfa-4"];
const BASKETS = 512;
/** One in so many answered receipts is remembered, for the 3 % of returns and retries, and so many of them: some seconds. */
const REMEMBER_EACH = 16;
const REMEMBERED = 2_048;

/** The load that all checkout benches share: 3 lines a receipt, and the shares of spending, returns and retries above. */
export function createShopping<Answered>(options: ShoppingOptions): Shopping<Answered> {
  const random = createRandom(options.seed);
  const baskets = Array.from({ length: BASKETS }, () => makeBasket(random));
  const remembered: Answered[] = [];
  let answers = 0;
  let at = 0;
  let number = 0;

  /** Each is returned once, so it leaves; a retry stays, it can be sent again. */
  const take = (leaves: boolean): Answered | undefined => {
    if (remembered.length === 0) return undefined;
    const index = random.int(remembered.length);
    const found = remembered[index] as Answered;
    if (leaves) {
      const last = remembered.pop() as Answered;
      if (index < remembered.length) remembered[index] = last;
    }
    return found;
  };

  const document = () => ({
    store: STORES[random.int(STORES.length)] as string,
    till: String(1 + random.int(20)),
    number: `${options.run}-${++number}`,
  });

  return {
    next: () => {
      const roll = random.next();
      if (roll < SHARE.returns + SHARE.retries) {
        const isReturn = roll < SHARE.returns;
        const of = take(isReturn);
        if (of !== undefined) {
          if (!isReturn) return { kind: "retry", of };
          return { kind: "return", of, ...document(), line: random.int(2) === 0 ? "all" : random.int(3) };
        }
      }
      return {
        kind: "receipt",
        member: drawMember(random, options.members) + (options.firstMember ?? 1) - 1,
        ...document(),
        basket: baskets[random.int(BASKETS)] as Basket,
        spendCents: random.next() < SHARE.spending ? 1_000 + random.int(40) * 100 : 0,
      };
    },
    answered: (receipt) => {
      if (answers++ % REMEMBER_EACH !== 0) return;
      if (remembered.length < REMEMBERED) remembered.push(receipt);
      else remembered[at++ % REMEMBERED] = receipt;
    },
  };
}

/** Three lines of 50 to 1,250 roubles, the first of them always one that points may pay. */
function makeBasket(random: Random): Basket {
  const lines = [0, 1, 2].map((line) => ({
    category: CATEGORIES[random.int(CATEGORIES.length - (line === 0 ? 1 : 0))] as string,
    amountKopecks: 5_000 + random.int(12_000) * 10 + (line === 0 ? 5_000 : 0),
  }));
  const json = JSON.stringify(lines.map(({ category, amountKopecks }) => ({ category, amount: amountKopecks })));
  return { lines, json };
}
