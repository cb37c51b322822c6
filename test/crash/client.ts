/** A till's request, sent until it is answered, whatever dies meanwhile. */
export type Request = {
  readonly method: "POST" | "GET";
  readonly path: string;
  readonly body?: string;
  readonly idempotencyKey?: string;
};

export type Answer = {
  readonly status: number;
  readonly isReplay: boolean;
  readonly body: string;
  /** How often it was sent. */
  readonly attempts: number;
};

export type Client = {
  /** Sends the same request again until there is an answer that is final: a success or a refusal. */
  ask(request: Request): Promise<Answer>;
  /** Tries that ended without an answer or with "not now", by what came back. */
  readonly troubles: Map<string, number>;
};

const NOT_NOW = new Set([429, 503]);
const ANSWER_WITHIN_MS = 10_000;
const PAUSE_MS = 40;
/** A stack that heals is back long before; one that does not must fail the test, not hang it. */
const GIVE_UP_AFTER_MS = 90_000;

export function createClient(url: string, key: string): Client {
  const troubles = new Map<string, number>();
  const note = (trouble: string) => troubles.set(trouble, (troubles.get(trouble) ?? 0) + 1);
  return {
    troubles,
    ask: async (request) => {
      const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
      for (let attempts = 1; Date.now() < giveUpAt; attempts++) {
        const answer = await once(url, key, request).catch((error: unknown) => codeOf(error));
        if (typeof answer !== "string" && !NOT_NOW.has(answer.status)) return { ...answer, attempts };
        note(typeof answer === "string" ? answer : String(answer.status));
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      throw new Error(`no answer to ${request.path} within ${GIVE_UP_AFTER_MS / 1000} s`);
    },
  };
}

async function once(url: string, key: string, request: Request): Promise<Omit<Answer, "attempts">> {
  const response = await fetch(url + request.path, {
    method: request.method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      ...(request.idempotencyKey === undefined ? {} : { "idempotency-key": request.idempotencyKey }),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const body = await response.text();
  return { status: response.status, isReplay: response.headers.get("idempotency-replayed") === "true", body };
}

function codeOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? name ?? "unknown";
}
