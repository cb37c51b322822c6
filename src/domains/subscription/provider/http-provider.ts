import { setTimeout as pause } from "node:timers/promises";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { formatInstant } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { isSigned, sign } from "#platform/http/signature.ts";
import type { PaymentOrder, PaymentOutcome, PaymentProvider } from "./provider.ts";

export type HttpProviderOptions = {
  readonly clock: Clock;
  /** Where the gateway's adapter listens; `charges`, `refunds`, `authorisations` and `statuses` lie below it. */
  readonly url: string;
  /** The first signs what is sent; a message signed by any of them is the gateway's own. */
  readonly secrets: readonly [Uint8Array, ...Uint8Array[]];
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** How often an order is sent while nothing is known of it, all with its one key. */
  readonly tries: number;
  /** Before the second try, doubled before each further one. */
  readonly pauseMs?: number;
};

/** Nothing is known of the order: it was not answered, or in a way that can't be understood. */
export class ProviderUnavailable extends Error {
  override readonly name = "ProviderUnavailable";
  /** Whether the same at once again would make no difference: the gateway refused to look at it. */
  readonly isRefusal: boolean;
  constructor(message: string, isRefusal = false) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

const PAUSE_MS = 200;
/** After so many orders in a row that got no answer the gateway is left alone for a while: callers don't wait for it. */
const FAILURES_IN_A_ROW = 3;
const LEFT_ALONE_MS = 10_000;
/** A card check stands in a member's way and proves little: it is sent once. */
const CHECK_TRIES = 1;
const MAX_ANSWER_CHARS = 16_384;

const Reference = Type.String({ minLength: 1, maxLength: 128 });
const Answer = Type.Union([
  Type.Object({ state: Type.Enum(["succeeded", "pending"]), reference: Reference }),
  Type.Object({
    state: Type.Literal("declined"),
    reference: Reference,
    decline: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    mayRetry: Type.Optional(Type.Boolean()),
  }),
]);

/**
 * A payment gateway behind an adapter that speaks our few messages over HTTP (docs/payments.md). Every order carries its
 * key and a signature; what gets no answer is sent again with the same key, in this call a few times and by the worker
 * later, and the gateway pays once. Throws ProviderUnavailable when nothing is known.
 */
export function createHttpProvider(options: HttpProviderOptions): PaymentProvider {
  const { clock, secrets, tries } = options;
  const gateway = createGateway(options);
  const order = async (path: string, message: Message): Promise<PaymentOutcome> => {
    const answer = await gateway(path, message, tries);
    if (answer === undefined) throw new ProviderUnavailable(`the gateway answered 404 to ${path}`, true);
    return answer;
  };
  return {
    name: "http",
    authorise: async (check) => {
      const answer = await gateway("authorisations", { kind: "authorisation", ...check }, CHECK_TRIES);
      if (answer === undefined) throw new ProviderUnavailable("the gateway checks no cards", true);
      return answer;
    },
    charge: (charge) => order("charges", toMessage(charge)),
    refund: (refund) => order("refunds", toMessage(refund)),
    status: ({ key, kind }) => gateway("statuses", { kind: "status", key, of: kind }, tries),
    isOwnMessage: (headers, body) => isSigned(secrets, headers, body, clock.now()),
  };
}

type Message = { readonly kind: string; readonly key: string; readonly [field: string]: unknown };

function toMessage({ createdAt, ...order }: PaymentOrder): Message {
  return { ...order, currency: "RUB", createdAt: formatInstant(createdAt) };
}

type Gateway = (path: string, message: Message, tries: number) => Promise<PaymentOutcome | undefined>;

/** Sends a message until it is answered; while the gateway is left alone, fails at once. Undefined is a 404. */
function createGateway(options: HttpProviderOptions): Gateway {
  const { clock, pauseMs = PAUSE_MS } = options;
  let failures = 0;
  let leftAloneUntilAt = 0;
  return async (path, message, tries) => {
    if (clock.now() < leftAloneUntilAt) throw new ProviderUnavailable("the gateway did not answer a moment ago");
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await send(options, path, message);
        failures = 0;
        return answer;
      } catch (error) {
        if (attempt < tries && !(error as ProviderUnavailable).isRefusal) {
          await pause(pauseMs * 2 ** (attempt - 1));
          continue;
        }
        if (++failures >= FAILURES_IN_A_ROW) leftAloneUntilAt = clock.now() + LEFT_ALONE_MS;
        throw error;
      }
    }
  };
}

/** One request. The body is the same each time, the signature says when it was sent. */
async function send(
  { clock, url, secrets, timeoutMs }: HttpProviderOptions,
  path: string,
  message: Message,
): Promise<PaymentOutcome | undefined> {
  const body = JSON.stringify(message);
  const signature = sign(secrets[0], `${message.kind}.${message.key}`, clock.now(), body);
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${url.replace(/\/$/, "")}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": message.key, ...signature },
      body,
      // Where a signed order goes is said in the settings, not by whoever answers.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new ProviderUnavailable(`the gateway did not answer to ${path}: ${causeOf(error)}`);
  }
  if (status === 404) return undefined;
  if (status !== 200) throw new ProviderUnavailable(`the gateway answered ${status} to ${path}`, isRefusal(status));
  return readAnswer(text, path);
}

/** Of the 4xx only these say "not now". */
function isRefusal(status: number): boolean {
  return status < 500 && ![408, 425, 429].includes(status);
}

function readAnswer(text: string, path: string): PaymentOutcome {
  const value = text.length > MAX_ANSWER_CHARS ? undefined : parseJson(text);
  if (!Check(Answer, value)) throw new ProviderUnavailable(`the gateway's answer to ${path} can't be understood`);
  if (value.state !== "declined") return { state: value.state, reference: value.reference };
  const { reference, decline = "declined", mayRetry = true } = value;
  return { state: "declined", reference, decline, mayRetry };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return name === "TimeoutError" ? "timeout" : (cause?.code ?? name ?? "unknown");
}
