import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProvider, type PaymentProvider, readPaymentSettings } from "#domains/subscription/index.ts";
import type { Clock } from "#platform/clock.ts";
import { formatFileFault } from "#platform/yaml/faults.ts";

const SANDBOX = "format: 1\nprovider: sandbox\n";

/**
 * The one place that decides who takes the money of subscriptions: `payments.yaml` of the home (docs/payments.md), or the
 * sandbox without one. Secrets may stand in DOLKA_PAYMENT_SECRETS instead, parted by spaces. Throws with line and column
 * when it is wrong: a stack that can't take money as it should doesn't start.
 */
export function paymentProvider(home: string, clock: Clock): PaymentProvider {
  const file = join(home, "payments.yaml");
  const secrets = (process.env.DOLKA_PAYMENT_SECRETS ?? "").split(" ").filter((each) => each !== "");
  const read = readPaymentSettings(textOf(file) ?? SANDBOX, file, secrets);
  if (read.ok) return createProvider(read.value, clock);
  throw new Error(read.failure.map(formatFileFault).join("\n"));
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
