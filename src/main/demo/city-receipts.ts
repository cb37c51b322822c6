import type { ReceiptRequest } from "#flows/checkout/index.ts";
import { parseInstant } from "#kernel/time.ts";
import type { City } from "#sim/city/city.ts";
import type { CityReceipt } from "#sim/city/receipts.ts";

/** A receipt of the city as checkout takes it. Whoever wishes to pay with points spends what the rules allow. */
export function toRequest(city: City, receipt: CityReceipt): ReceiptRequest {
  const body = city.toReceiptBody(receipt);
  return {
    receipt: {
      partner: body.partner,
      store: body.store,
      till: body.till,
      number: body.number,
      at: parseInstant(body.at) as number,
      channel: body.channel,
      lines: body.lines.map(({ category, amount, quantity }) => ({ category, amountKopecks: amount, quantity })),
      deliveryFeeKopecks: body.deliveryFee ?? 0,
      tenders: body.tenders.map(({ kind, amount, token, bank }) => ({
        kind,
        amountKopecks: amount,
        ...(token === undefined ? {} : { token }),
        ...(bank === undefined ? {} : { bank }),
      })),
      spendCents: 0,
    },
    ...(body.member ? { member: { by: "identifier", ...body.member } } : {}),
    ...(body.member && receipt.wishKopecks > 0 ? { spendAll: true } : {}),
  };
}
