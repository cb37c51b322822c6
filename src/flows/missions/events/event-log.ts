import type { Pool } from "pg";
import { findMembers, type IdentifierKey } from "#domains/identity/index.ts";
import { type EventKey, findEventKeys, insertEvents, readEvent, type StoredEvent } from "#domains/missions/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { Answer, Principal } from "#flows/checkout/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { findOpenMembers } from "../store/open-members.ts";
import { eventKey } from "./event-key.ts";
import type { EventBody, EventFailure, EventRequest } from "./requests.ts";

export type EventLogDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
};

type Outcome<Body> = Promise<Result<Answer<Body>, EventFailure>>;

export type EventLog = {
  /** Takes an event, once, however often and in whatever order it comes. */
  post(request: EventRequest, principal: Principal): Outcome<EventBody>;
  get(partner: string, id: string, principal: Principal): Promise<Result<StoredEvent, EventFailure>>;
  /** Resolves when everything accepted so far is answered. */
  drain(): Promise<void>;
};

type Task = {
  readonly request: EventRequest;
  readonly key: EventKey;
  readonly text: string;
  readonly identifier?: IdentifierKey;
  readonly settle: (outcome: Result<Answer<EventBody>, EventFailure>) => void;
  readonly fail: (error: unknown) => void;
};

/** Batches under way at once; events waiting beyond the limit are refused with `overloaded`. */
const LANES = 2;
const MOST_WAITING = 8_192;
const BATCH = 512;

/** Gathers events and writes them by the batch: what arrives while the lanes are busy goes together next. */
export function createEventLog(deps: EventLogDeps): EventLog {
  let waiting: Task[] = [];
  let running = 0;
  let idle: (() => void)[] = [];
  /** Keys under way: the same event twice at once waits for itself. */
  const busy = new Set<string>();

  const pick = (): Task[] => {
    const batch: Task[] = [];
    const left: Task[] = [];
    for (const task of waiting) {
      if (batch.length >= BATCH || busy.has(task.text)) left.push(task);
      else {
        busy.add(task.text);
        batch.push(task);
      }
    }
    waiting = left;
    return batch;
  };
  const start = (): void => {
    while (running < LANES && waiting.length > 0) {
      const batch = pick();
      if (batch.length === 0) return;
      running++;
      void runBatch(deps, batch)
        .catch((error: unknown) => {
          for (const task of batch) task.fail(error);
        })
        .finally(() => {
          for (const task of batch) busy.delete(task.text);
          running--;
          start();
          if (running > 0) return;
          for (const done of idle) done();
          idle = [];
        });
    }
  };
  const submit = (task: Task): void => {
    if (waiting.length >= MOST_WAITING) {
      task.settle(err({ code: "overloaded", retryAfterSeconds: 1 }));
      return;
    }
    waiting.push(task);
    if (waiting.length === 1) setImmediate(start);
  };

  return {
    post: (request, principal) => {
      const refusal = checkEvent(deps, request, principal);
      if (refusal) return Promise.resolve(err(refusal));
      const { member } = request;
      const identifier = member.by === "identifier" ? deps.identifierKey(member.kind, member.value) : undefined;
      const key = eventKey(request, identifier?.text ?? (member.by === "id" ? member.id : 0));
      const text = key.keyHash.toString("latin1");
      return new Promise((settle, fail) =>
        submit({ request, key, text, ...(identifier ? { identifier } : {}), settle, fail }),
      );
    },
    get: (partner, id, principal) => getEvent(deps, partner, id, principal),
    drain: () => (running === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((done) => idle.push(done))),
  };
}

function checkEvent({ programmes, clock }: EventLogDeps, request: EventRequest, principal: Principal) {
  if (!programmes.latest) return { code: "no-programme" } as const;
  const { partner } = request;
  if (principal.partner !== undefined && principal.partner !== partner) {
    return { code: "forbidden-partner", partner } as const;
  }
  const programme = programmes.current();
  if (!programme.partners.has(partner)) {
    return { code: "unknown-partner", pointer: "/partner", value: partner } as const;
  }
  const isFuture = request.at > clock.now() + programme.policies.futureToleranceMs;
  return isFuture ? ({ code: "event-in-future" } as const) : undefined;
}

async function runBatch(deps: EventLogDeps, tasks: readonly Task[]): Promise<void> {
  const outcomes = await transaction(deps.pool, async (client) => {
    const identifiers = tasks.flatMap(({ identifier }) => identifier ?? []);
    const byIdentifier = await findMembers(client, identifiers);
    const known = await findOpenMembers(
      client,
      tasks.flatMap(({ request: { member } }) => (member.by === "id" ? [member.id] : [])),
    );
    const memberOf = ({ request, identifier }: Task): MemberId | undefined => {
      if (identifier) return byIdentifier.get(identifier.text);
      return request.member.by === "id" && known.has(request.member.id) ? request.member.id : undefined;
    };
    const fresh = tasks.flatMap((task) => {
      const member = memberOf(task);
      const { partner, id, type, at, data } = task.request;
      return member === undefined ? [] : [{ key: task.key, event: { partner, id, type, member, at, data } }];
    });
    const inserted = fresh.length === 0 ? new Set<string>() : await insertEvents(client, fresh, deps.clock.now());
    const others = tasks.filter(({ text }) => !inserted.has(text)).map(({ key }) => key);
    const claimed = await findEventKeys(client, others);
    return tasks.map((task): Result<Answer<EventBody>, EventFailure> => {
      if (inserted.has(task.text)) return ok({ replayed: false, body: render(task.request, memberOf(task) as number) });
      const found = claimed.get(task.text);
      if (!found) return err({ code: "unknown-member" });
      if (!found.bodyHash.equals(task.key.bodyHash)) return err({ code: "idempotency-conflict" });
      return ok({ replayed: true, body: render(task.request, found.member) });
    });
  });
  for (const [i, outcome] of outcomes.entries()) tasks[i]?.settle(outcome);
}

function render({ partner, id, type, at }: EventRequest, member: MemberId): EventBody {
  return { partner, id, type, member: memberIds.format(member), at: formatInstant(at) };
}

async function getEvent(
  deps: EventLogDeps,
  partner: string,
  id: string,
  principal: Principal,
): Promise<Result<StoredEvent, EventFailure>> {
  const unknown = err({ code: "unknown-event" } as const);
  if (principal.partner !== undefined && principal.partner !== partner) return unknown;
  const key = eventKey({ partner, id, type: "", member: { by: "id", id: 0 }, at: 0, data: {} }, 0);
  const found = (await findEventKeys(deps.pool, [key])).get(key.keyHash.toString("latin1"));
  const event = found && (await readEvent(deps.pool, found.member, partner, id));
  return event ? ok(event) : unknown;
}
