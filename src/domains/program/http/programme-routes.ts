import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { formatInstant, parseInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, badTime } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { CompiledProgramme, Programmes } from "../index.ts";
import { listVersions } from "../store/list-versions.ts";

export type ProgrammeRouteDeps = {
  readonly pool: Pool;
  readonly problems: ProblemRegistry;
  readonly programmes: Pick<Programmes, "current" | "at" | "version" | "latest">;
};

/**
 * What a partner's keys may read: what receipts are checked against and what members are told anyway. Who pays for which
 * rule, and the limits of campaigns, are between the funders and the operator.
 */
const FOR_PARTNERS = [
  "format",
  "programme",
  "partners",
  "brands",
  "stores",
  "categories",
  "levels",
  "favourites",
  "subscriptions",
  "receipts",
  "policies",
  "lots",
] as const;

/** Of a partner: what it is called and whether points are given and taken there. Not its details or guarantees. */
const OF_PARTNERS = ["name", "kind", "canFund", "canRedeem"] as const;

const ProgrammeSchema = Type.Object(
  {
    version: Type.Integer(),
    effectiveFrom: Type.String({ format: "date-time" }),
    document: Type.Object(
      {},
      {
        additionalProperties: true,
        description:
          "The programme file with defaults filled in. Keys of a partner get the places, categories, levels and policies, without the rules and who funds them.",
      },
    ),
  },
  { title: "Programme" },
);

const VersionSchema = Type.Object(
  {
    version: Type.Integer(),
    hash: Type.String({ description: "SHA-256 of the document." }),
    effectiveFrom: Type.String({ format: "date-time" }),
    appliedAt: Type.String({ format: "date-time" }),
    appliedBy: Type.String(),
    comment: Type.String(),
  },
  { title: "ProgrammeVersion" },
);

const PROGRAMME_EXAMPLE = {
  version: 1,
  effectiveFrom: "2026-01-01T00:00:00.000Z",
  document: {
    format: 1,
    programme: { id: "dolka", name: { ru: "Долька", en: "Dolka" }, timeZone: "Europe/Moscow" },
    partners: { kalitka: { name: { ru: "Калитка", en: "Kalitka" }, kind: "grocer", canFund: true, canRedeem: true } },
  },
};

const VERSION_EXAMPLE = {
  version: 1,
  hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  effectiveFrom: "2026-01-01T00:00:00.000Z",
  appliedAt: "2025-12-20T10:00:00.000Z",
  appliedBy: "anna",
  comment: "First version",
};

export const programmeOperations = {
  getProgramme: operation({
    operationId: "getProgramme",
    tag: "Programme",
    summary: "Read the programme in force, now or at a time",
    querystring: Type.Object(
      { at: Type.Optional(Type.String({ format: "date-time", maxLength: 40, description: "Now if not said." })) },
      { additionalProperties: false },
    ),
    status: 200,
    answer: ProgrammeSchema,
    problems: ["no-programme"],
    example: { answer: PROGRAMME_EXAMPLE },
  }),
  listProgrammeVersions: operation({
    operationId: "listProgrammeVersions",
    tag: "Programme",
    summary: "List the versions of the programme, newest first",
    querystring: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 100, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(VersionSchema), next: Type.Optional(Type.String()) },
      { title: "ProgrammeVersionPage" },
    ),
    problems: [],
    example: { answer: { items: [VERSION_EXAMPLE] } },
  }),
  getProgrammeVersion: operation({
    operationId: "getProgrammeVersion",
    tag: "Programme",
    summary: "Read one version of the programme",
    params: Type.Object({ version: Type.String({ description: "1, 2, 3, …" }) }),
    status: 200,
    answer: ProgrammeSchema,
    problems: ["unknown-programme-version"],
    example: { answer: PROGRAMME_EXAMPLE },
  }),
};

/** The rules in force and before. */
export function programmeRoutes(deps: ProgrammeRouteDeps): (app: App) => void {
  const { problems, programmes, pool } = deps;
  return (app) => {
    app.get("/v1/programme", { schema: programmeOperations.getProgramme }, (request, reply) => {
      const { at: text } = request.query;
      const at = text === undefined ? undefined : parseInstant(text);
      if (text !== undefined && at === undefined) throw refuseFields([{ in: "query", ...badTime("/at") }]);
      if (programmes.latest === undefined) {
        return void sendFailure(problems, request, reply, { code: "no-programme" });
      }
      send(request, reply, at === undefined ? programmes.current() : programmes.at(at));
    });
    app.get("/v1/programme/versions", { schema: programmeOperations.listProgrammeVersions }, async (request, reply) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? [2_147_483_647] : readCursor(cursor, ["int4"]);
      if (before === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const found = await listVersions(pool, before[0] as number, limit + 1);
      const items = found.slice(0, limit).map(({ effectiveFromAt, appliedAt, ...version }) => ({
        ...version,
        effectiveFrom: formatInstant(effectiveFromAt),
        appliedAt: formatInstant(appliedAt),
      }));
      const last = items.at(-1);
      const next = found.length > limit && last !== undefined ? { next: writeCursor([last.version]) } : {};
      reply.send({ items, ...next });
    });
    app.get(
      "/v1/programme/versions/:version",
      { schema: programmeOperations.getProgrammeVersion },
      (request, reply) => {
        const found = versionOf(programmes, request.params.version);
        if (found === undefined) {
          return void sendFailure(problems, request, reply, { code: "unknown-programme-version" });
        }
        send(request, reply, found);
      },
    );
  };
}

function versionOf(programmes: ProgrammeRouteDeps["programmes"], text: string): CompiledProgramme | undefined {
  const { latest } = programmes;
  const number = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
  if (latest === undefined || number < 1 || number > latest.version) return undefined;
  return programmes.version(number);
}

function send(request: FastifyRequest, reply: FastifyReply, programme: CompiledProgramme): void {
  const { version, effectiveFromAt } = programme;
  const isPartners = principalOf(request).partner !== undefined;
  const document = isPartners ? partnersView(programme.document) : programme.document;
  reply.send({ version, effectiveFrom: formatInstant(effectiveFromAt), document });
}

function partnersView(document: CompiledProgramme["document"]): object {
  const shown = pick(document, FOR_PARTNERS);
  const partners = Object.entries(document.partners).map(([id, partner]) => [id, pick(partner, OF_PARTNERS)]);
  return { ...shown, partners: Object.fromEntries(partners) };
}

function pick<T extends object>(from: T, names: readonly (keyof T)[]): Partial<T> {
  const entries = names.filter((name) => name in from).map((name) => [name, from[name]]);
  return Object.fromEntries(entries) as Partial<T>;
}
