import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import type { Published, StoredWork } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Result } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { changeWork } from "../change-work.ts";
import { draftWorks } from "../draft-works.ts";
import type { ForecastRequest, StatedUse } from "../keep-forecast.ts";
import type { ManageDeps, WorkKind } from "../work-kind.ts";

const Instant = Type.String({ format: "date-time" });
const Share = Type.Integer({ minimum: 0, maximum: 10_000 });

export const StatedUseSchema = Type.Object(
  {
    using: Type.Optional(
      Type.Object(
        { lowBp: Share, expectedBp: Share, highBp: Share },
        { additionalProperties: false, description: "Share of the audience that uses it, in place of the stated." },
      ),
    ),
    spendBp: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000, description: "What users buy, of what they bought before." }),
    ),
  },
  { additionalProperties: false, title: "UseAssumptions" },
);

/** What is answered about a work: the document as in a file, its forecast, who did what with it. */
export const WorkAnswerSchema = Type.Object(
  {
    id: Type.String(),
    partner: Type.String(),
    state: Type.Enum(["draft", "live", "paused", "ended"]),
    revision: Type.Integer(),
    editedBy: Type.String(),
    editedAt: Instant,
    document: Type.Object({}, { additionalProperties: true, description: "As in a file (docs/offers.md)." }),
    forecast: Type.Optional(Type.Object({}, { additionalProperties: true })),
    log: Type.Optional(
      Type.Array(
        Type.Object({
          at: Instant,
          who: Type.String(),
          action: Type.String(),
          revision: Type.Integer(),
          comment: Type.String(),
        }),
      ),
    ),
  },
  { title: "Work" },
);

export type WorkHttpDeps = ManageDeps & { readonly problems: ProblemRegistry };

type Named = { readonly partner: PartnerId };

export type WorkRoutesSpec<
  Kind extends Published,
  Document extends Named,
  Forecast extends { readonly hash: string },
> = {
  readonly works: WorkKind<Kind, Document, Forecast>;
  /** `Offer` of `putOffer`. */
  readonly title: string;
  readonly tag: string;
  readonly path: string;
  readonly example: { readonly id: string; readonly document: object };
  readonly what: string;
  readonly forecast: (
    deps: ManageDeps,
    request: ForecastRequest & StatedUse,
  ) => Promise<Result<StoredWork<Document, Forecast>, { readonly code: string }>>;
};

/** Draft, list, read, forecast, approve, pause, resume, end: the same routes for every kind of work. */
export function workRoutes<Kind extends Published, Document extends Named, Forecast extends { readonly hash: string }>(
  spec: WorkRoutesSpec<Kind, Document, Forecast>,
) {
  const { works, path } = spec;
  const operations = describe(spec);
  const plural = `${works.kind}s`;
  return (deps: WorkHttpDeps) => (app: App) => {
    const refuse = (request: FastifyRequest, reply: FastifyReply, failure: { readonly code: string }): void =>
      void sendFailure(deps.problems, request, reply, failure as Failure);
    const answer = async (
      request: FastifyRequest,
      reply: FastifyReply,
      outcome: Result<StoredWork<Document, Forecast>, { readonly code: string }>,
    ): Promise<void> => {
      if (!outcome.ok) return refuse(request, reply, outcome.failure);
      reply.send(await answerOf(deps, works, outcome.value.id));
    };
    app.put(`${path}/:id`, { schema: operations.put }, async (request, reply) => {
      const { id } = request.params as { id: string };
      const principal = principalOf(request);
      const drafted = await draftWorks(deps, works, {
        file: { text: JSON.stringify({ format: 1, [plural]: { [id]: request.body } }), name: id },
        who: principal.keyId,
        comment: "",
        ...ofPartner(principal),
      });
      if (drafted.ok) return void reply.send(await answerOf(deps, works, id));
      const { failure } = drafted;
      if ("errors" in failure) throw refuseFields(failure.errors.map((each) => toFieldFault(works.kind, each)));
      refuse(request, reply, failure);
    });
    app.get(path, { schema: operations.list }, async (request, reply) => {
      const { partner } = principalOf(request);
      const all = await works.store.list(deps.pool);
      reply.send({ items: all.filter((each) => partner === undefined || each.partner === partner).map(workJson) });
    });
    app.get(`${path}/:id`, { schema: operations.get }, async (request, reply) => {
      const { id } = request.params as { id: string };
      const { partner } = principalOf(request);
      const work = await works.store.read(deps.pool, id);
      if (!work || (partner !== undefined && work.partner !== partner)) {
        return refuse(request, reply, { code: `unknown-${works.kind}` });
      }
      reply.send(await answerOf(deps, works, id));
    });
    app.post(`${path}/:id/forecast`, { schema: operations.forecast }, async (request, reply) => {
      const { id } = request.params as { id: string };
      const principal = principalOf(request);
      const stated = request.body as StatedUse;
      await answer(
        request,
        reply,
        await spec.forecast(deps, { id, who: principal.keyId, ...ofPartner(principal), ...stated }),
      );
    });
    for (const action of ["approve", "pause", "resume", "end"] as const) {
      app.post(`${path}/:id/${action}`, { schema: operations[action] }, async (request, reply) => {
        const { id } = request.params as { id: string };
        const principal = principalOf(request);
        const { comment = "" } = request.body as { comment?: string };
        const change = { id, action, who: principal.keyId, comment, ...ofPartner(principal) };
        await answer(request, reply, await changeWork(deps, works, change));
      });
    }
  };
}

/** What the routes say of themselves, and what they take. */
function describe<Kind extends Published, Document extends Named, Forecast extends { readonly hash: string }>({
  works: { kind },
  title,
  tag,
  what,
  example,
}: WorkRoutesSpec<Kind, Document, Forecast>) {
  const params = Type.Object({ id: Type.String({ description: `The ${kind}'s id in its file.` }) });
  const shown = {
    ...{ id: example.id, partner: "kalitka", state: "draft" as const, revision: 1, editedBy: "key_4f6w" },
    ...{ editedAt: "2026-02-20T10:00:00.000Z", document: example.document },
  };
  const common = { tag, params, status: 200, answer: WorkAnswerSchema } as const;
  const state = (action: string, summary: string, problems: readonly string[]) =>
    operation({
      ...common,
      operationId: `${action}${title}`,
      summary,
      body: Type.Object(
        { comment: Type.Optional(Type.String({ maxLength: 500, description: "Why, for the record." })) },
        { additionalProperties: false, title: `${title}Action` },
      ),
      problems: [`unknown-${kind}`, "no-programme", `${kind}-state`, ...problems],
      example: { body: { comment: "As agreed" }, answer: { ...shown, state: "live" as const } },
    });
  return {
    put: operation({
      ...common,
      operationId: `put${title}`,
      summary: `Draft ${what}, or edit the draft`,
      description: "The body is as in a file. What was approved never changes: a new one takes a new id.",
      body: Type.Object({}, { additionalProperties: true, title: `${title}Document` }),
      problems: ["no-programme", "forbidden-partner", `${kind}-approved`],
      example: { body: example.document, answer: shown },
    }),
    list: operation({
      operationId: `list${title}s`,
      tag,
      summary: `List ${kind}s: a partner's own, or all`,
      status: 200,
      answer: Type.Object({ items: Type.Array(WorkAnswerSchema) }, { title: `${title}List` }),
      problems: [],
      example: { answer: { items: [shown] } },
    }),
    get: operation({
      ...common,
      operationId: `get${title}`,
      summary: `Read ${what} with its forecast and who did what with it`,
      problems: [`unknown-${kind}`],
      example: { answer: shown },
    }),
    forecast: operation({
      ...common,
      operationId: `forecast${title}`,
      summary: "Forecast a draft's cost, by the last 28 days and stated assumptions",
      body: StatedUseSchema,
      problems: [`unknown-${kind}`, "no-programme", `${kind}-state`],
      example: { body: { using: { lowBp: 500, expectedBp: 1_500, highBp: 3_000 } }, answer: shown },
    }),
    approve: state("approve", "Approve a draft that somebody else wrote: it goes live", [
      `${kind}-needs-forecast`,
      `${kind}-own-approval`,
      `${kind}-over`,
      `${kind}-unfit`,
      "programme-conflict",
    ]),
    pause: state("pause", `Pause ${what}: nobody earns by it meanwhile`, []),
    resume: state("resume", `Let ${what} go on`, [`${kind}-over`, `${kind}-unfit`, "programme-conflict"]),
    end: state("end", `End ${what} for good`, []),
  };
}

function ofPartner({ partner }: Principal): { partner?: string } {
  return partner === undefined ? {} : { partner };
}

async function answerOf<Kind extends Published, Document extends Named, Forecast extends { readonly hash: string }>(
  { pool }: ManageDeps,
  { store }: WorkKind<Kind, Document, Forecast>,
  id: string,
) {
  const work = await store.read(pool, id);
  const log = await store.readLog(pool, id);
  return {
    ...(work === undefined ? {} : workJson(work)),
    log: log.map(({ at, hash: _, ...entry }) => ({ at: formatInstant(at), ...entry })),
  };
}

function workJson(work: StoredWork<object, { readonly hash: string }>) {
  const { id, partner, state, revision, editedBy, editedAt, document, forecast, hash } = work;
  const common = { id, partner, state, revision, editedBy, editedAt: formatInstant(editedAt), document };
  if (forecast === undefined) return common;
  const { hash: of, madeAt, ...told } = forecast as { hash: string; madeAt: number };
  return { ...common, forecast: { ...told, madeAt: formatInstant(madeAt), isCurrent: of === hash } };
}

/** `/offers/ID/limits/times` of the file is `/limits/times` of the body. */
function toFieldFault(kind: string, { path, message }: FileFault) {
  const pointer = path.split("/").slice(3).join("/");
  return fault(pointer === "" ? "" : `/${pointer}`, kind, { ru: message, en: message });
}
