import type { Random } from "#kernel/random.ts";
import type { Answer, Client, Request } from "./client.ts";

/** A request and the answer that was given to it: what must survive. */
export type Answered = { readonly kind: Kind; readonly request: Request; readonly answer: Answer };
export type Kind = "purchase" | "anonymous" | "return" | "hold" | "capture" | "void";

/** Few members, so that tills meet at the same wallets; some cards are shown for the first time in the middle of it. */
const CARDS = 60;

/** One till: does one thing after the other until it is told to stop, and keeps what it was answered. */
export async function runTill(
  client: Client,
  random: Random,
  till: string,
  isOver: () => boolean,
  answered: Answered[],
): Promise<void> {
  let number = 0;
  const returnable: string[] = [];
  const holds: string[] = [];
  const post = async (kind: Kind, path: string, body: object | undefined, isKeyed = false): Promise<Answer> => {
    const request: Request = {
      method: "POST",
      path,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(isKeyed ? { idempotencyKey: `${till}-${++number}` } : {}),
    };
    const answer = await client.ask(request);
    answered.push({ kind, request, answer });
    return answer;
  };
  const document = () => ({ store: "alfa-1", till, number: String(++number), at: new Date().toISOString() });
  const card = () => ({ kind: "card", value: `crash-${random.int(CARDS)}` });
  const lines = () => [
    { category: "food", amount: 10_000 + random.int(50) * 1_000 },
    { category: "food", amount: 20_000 + random.int(50) * 1_000 },
  ];

  while (!isOver()) {
    const roll = random.next();
    const held = holds.at(-1);
    const bought = returnable.at(-1);
    if (roll < 0.08 && held !== undefined) {
      holds.pop();
      const isCapture = random.int(2) === 0;
      if (isCapture) await post("capture", `/v1/holds/${held}/capture`, { pointsCents: 100 }, true);
      else await post("void", `/v1/holds/${held}/void`, undefined, true);
    } else if (roll < 0.16) {
      const answer = await post("hold", "/v1/holds", { partner: "alfa", member: card(), pointsCents: 100 }, true);
      if (answer.status === 201) holds.push((JSON.parse(answer.body) as { hold: string }).hold);
    } else if (roll < 0.26 && bought !== undefined) {
      returnable.pop();
      const what = random.int(2) === 0 ? { all: true } : { lines: [{ line: 0, amount: 5_000 }] };
      await post("return", `/v1/receipts/${bought}/returns`, { ...document(), ...what });
    } else if (roll < 0.32) {
      await post("anonymous", "/v1/receipts", { partner: "alfa", ...document(), lines: lines() });
    } else {
      const spend = random.next() < 0.25 ? { spend: 100 + random.int(3_000) } : {};
      const body = { partner: "alfa", ...document(), member: card(), lines: lines(), ...spend };
      // A till that lost patience sends the same again while the first is still under way.
      const isHasty = random.next() < 0.1;
      const [answer] = await Promise.all([
        post("purchase", "/v1/receipts", body),
        ...(isHasty ? [post("purchase", "/v1/receipts", body)] : []),
      ]);
      if (answer.status === 201) returnable.push((JSON.parse(answer.body) as { receiptId: string }).receiptId);
    }
  }
}
