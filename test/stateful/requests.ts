import type { Wallet } from "../model/types.ts";

/** A request in full, the same for both sides. Members, purchases and holds are named by number, as storage does. */
export type Request =
  | {
      readonly kind: "receipt";
      readonly member: number;
      readonly partner: string;
      readonly number: string;
      readonly at: number;
      readonly lines: readonly { readonly category: string; readonly amountKopecks: number }[];
      readonly spendCents: number;
      readonly holdSeq?: number;
    }
  | {
      readonly kind: "return";
      readonly member: number;
      readonly purchaseSeq: number;
      readonly partner: string;
      readonly number: string;
      readonly at: number;
      readonly lines: readonly { readonly line: number; readonly amountKopecks: number }[] | "all";
      readonly refund: "money" | "points";
    }
  | {
      readonly kind: "hold";
      readonly key: string;
      readonly member: number;
      readonly partner: string;
      readonly cents: number;
      readonly ttlSeconds: number;
    }
  | {
      readonly kind: "capture";
      readonly key: string;
      readonly member: number;
      readonly holdSeq: number;
      readonly cents: number;
    }
  | { readonly kind: "void"; readonly key: string; readonly member: number; readonly holdSeq: number }
  | {
      readonly kind: "award";
      readonly key: string;
      readonly member: number;
      readonly funder: string;
      readonly cents: number;
      /** The programme's usual life when absent. */
      readonly expiresAt?: number;
    };

/** An answer in the shape in which both sides are compared; `said` holds the figures of its kind. */
export type Reply =
  | {
      readonly ok: true;
      readonly replayed: boolean;
      readonly seq: number;
      readonly wallet: Wallet;
      readonly said: Readonly<Record<string, number | string>>;
    }
  | { readonly ok: false; readonly code: string };

/** The same key with another body; a void has no body but the hold, so it stays as it is. */
export function withAnotherBody(request: Request): Request {
  switch (request.kind) {
    case "receipt": {
      if (request.spendCents > 0) return { ...request, spendCents: 0 };
      const [first, ...rest] = request.lines;
      return first ? { ...request, lines: [{ ...first, amountKopecks: first.amountKopecks + 1 }, ...rest] } : request;
    }
    case "return":
      return { ...request, refund: request.refund === "money" ? "points" : "money" };
    case "hold":
    case "capture":
    case "award":
      return { ...request, cents: Math.max(1, request.cents - 1) === request.cents ? 2 : request.cents - 1 };
    case "void":
      return request;
  }
}
