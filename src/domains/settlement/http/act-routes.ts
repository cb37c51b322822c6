import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { App } from "#platform/http/app.ts";
import { languageOf } from "#platform/http/language.ts";
import { operation } from "#platform/http/operation.ts";
import { sendFailure } from "#platform/http/send.ts";
import type { Act } from "../core/act.ts";
import type { Language } from "../core/party.ts";
import { actCsv } from "../render/act-csv.ts";
import { actPdf } from "../render/act-pdf.ts";
import { actXlsx } from "../render/act-xlsx.ts";
import { listActPartners, readStoredAct } from "../store/settlements.ts";
import { ActSummarySchema, MONTH_PATTERN } from "./schemas.ts";
import { monthOf, type SettlementRouteDeps, viewerOf } from "./settlement-routes.ts";
import { isSeenBy } from "./settlement-view.ts";

const PDF = "application/pdf";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV = "text/csv";

const MonthParams = Type.Object({ month: Type.String({ pattern: MONTH_PATTERN, description: "YYYY-MM." }) });
const ActParams = Type.Object({
  month: Type.String({ pattern: MONTH_PATTERN, description: "YYYY-MM." }),
  partner: Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$", maxLength: 64, description: "A partner's id." }),
});
const LANGUAGE = Type.Optional(
  Type.Enum(["ru", "en"], { description: "Of the document; by `Accept-Language` unless given." }),
);
const FileQuery = Type.Object({ language: LANGUAGE }, { additionalProperties: false });
const CsvQuery = Type.Object(
  {
    language: LANGUAGE,
    separator: Type.Enum(["semicolon", "comma"], {
      default: "semicolon",
      description: "`semicolon` goes with decimal commas, `comma` with decimal points.",
    }),
    bom: Type.Boolean({ default: true, description: "The mark by which spreadsheets know UTF-8." }),
  },
  { additionalProperties: false },
);

const file = (format: string, produces: string, operationId: string, example: string, query: typeof FileQuery) =>
  operation({
    operationId,
    tag: "Settlement",
    summary: `Get a partner's act for a closed month as ${format}`,
    params: ActParams,
    querystring: query,
    status: 200,
    produces,
    problems: ["unknown-act", "forbidden-partner"],
    example: { answer: example },
  });

export const actOperations = {
  listActs: operation({
    operationId: "listActs",
    tag: "Settlement",
    summary: "List the acts of a closed month",
    params: MonthParams,
    status: 200,
    answer: Type.Object({ items: Type.Array(ActSummarySchema) }, { title: "ActList" }),
    problems: [],
    example: {
      answer: {
        items: [
          {
            partner: "kalitka",
            number: "2026-02/kalitka",
            netKopecks: 1_200_000,
            files: filesOf("2026-02", "kalitka"),
          },
        ],
      },
    },
  }),
  getActPdf: file("PDF", PDF, "getActPdf", "%PDF-1.3 …", FileQuery),
  getActXlsx: file("XLSX", XLSX, "getActXlsx", "PK…", FileQuery),
  getActCsv: operation({
    operationId: "getActCsv",
    tag: "Settlement",
    summary: "Get a partner's act for a closed month as CSV",
    params: ActParams,
    querystring: CsvQuery,
    status: 200,
    produces: CSV,
    problems: ["unknown-act", "forbidden-partner"],
    example: { answer: "act;month;section;line;kind;payer;…\r\n2026-02/kalitka;2026-02;payable;line_…\r\n" },
  }),
};

function filesOf(month: string, partner: string) {
  const path = `/v1/settlements/${month}/acts/${partner}`;
  return { pdf: `${path}.pdf`, xlsx: `${path}.xlsx`, csv: `${path}.csv` };
}

/** Acts as files. The guard has seen to it that a partner asks for its own. */
export function actRoutes(deps: SettlementRouteDeps): (app: App) => void {
  const { pool, problems } = deps;
  const withAct = async (
    request: FastifyRequest<{ Params: { month: string; partner: string } }>,
    reply: FastifyReply,
    type: string,
    extension: string,
    render: (act: Act) => Promise<Buffer> | Buffer,
  ): Promise<void> => {
    const { month, partner } = request.params;
    const act = await readStoredAct(pool, monthOf(month), partner);
    if (!act) return void sendFailure(problems, request, reply, { code: "unknown-act", month, partner });
    reply.header("content-disposition", `attachment; filename="act-${month}-${partner}.${extension}"`);
    reply.header("content-type", type).send(await render(act));
  };

  return (app) => {
    app.get("/v1/settlements/:month/acts", { schema: actOperations.listActs }, async (request, reply) => {
      const { month } = request.params;
      const viewer = viewerOf(request);
      const partners = (await listActPartners(pool, monthOf(month))).filter((each) => isSeenBy(viewer, each));
      const acts = await Promise.all(partners.map((partner) => readStoredAct(pool, monthOf(month), partner)));
      const items = acts
        .filter((act) => act !== undefined)
        .map(({ party, number, totals }) => {
          return { partner: party.id, number, netKopecks: totals.netKopecks, files: filesOf(month, party.id) };
        });
      reply.send({ items });
    });
    app.get("/v1/settlements/:month/acts/:partner.pdf", { schema: actOperations.getActPdf }, (request, reply) =>
      withAct(request, reply, PDF, "pdf", (act) => actPdf(act, languageIn(request))),
    );
    app.get("/v1/settlements/:month/acts/:partner.xlsx", { schema: actOperations.getActXlsx }, (request, reply) =>
      withAct(request, reply, XLSX, "xlsx", (act) => actXlsx(act, languageIn(request))),
    );
    app.get("/v1/settlements/:month/acts/:partner.csv", { schema: actOperations.getActCsv }, (request, reply) => {
      const { separator, bom } = request.query;
      const options = { separator: separator === "comma" ? ("," as const) : (";" as const), bom };
      return withAct(request, reply, `${CSV}; charset=utf-8`, "csv", (act) =>
        actCsv(act, { ...options, language: languageIn(request) }),
      );
    });
  };
}

function languageIn(request: FastifyRequest): Language {
  const { language } = request.query as { language?: Language };
  return language ?? languageOf(request.headers["accept-language"]);
}
