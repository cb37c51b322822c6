import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import { Type } from "typebox";
import type { App } from "./app.ts";
import { languageOf } from "./language.ts";
import { finishDocument, type OpenApiContext, type OpenApiDocument } from "./openapi.ts";
import { operation } from "./operation.ts";
import { problemList, problemPage } from "./problem-pages.ts";
import { sendFailure } from "./send.ts";

export type ApiInfo = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** SVG. */
  readonly mark: string;
};

/** Must run before the routes are added: it takes note of each. */
export async function collectOpenApi(app: App, info: ApiInfo): Promise<void> {
  const { title, version, description, tags } = info;
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title,
        version,
        description,
        license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
      },
      servers: [{ url: "/" }],
      tags: [...tags],
      components: {
        securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key, `dk_<role>_…`." } },
      },
    },
  });
}

/** The finished document; once the app is ready. */
export function openApiDocument(app: App, context: OpenApiContext): OpenApiDocument {
  return finishDocument(app.swagger() as unknown as OpenApiDocument, context);
}

/** `/openapi.json`, the page `/docs`, and a page per problem. Everything is served from here: no network is needed. */
export async function serveDocs(app: App, context: OpenApiContext, info: ApiInfo): Promise<void> {
  let document: string | undefined;
  const json = () => {
    document ??= JSON.stringify(openApiDocument(app, context));
    return document;
  };
  app.get("/openapi.json", { schema: OPENAPI }, (_request, reply) => {
    reply.header("content-type", "application/json").send(json());
  });
  app.get("/docs/errors", { schema: PROBLEM_LIST }, (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    reply.header("content-type", HTML).header("vary", "Accept-Language");
    reply.send(problemList(context.problems, info, language));
  });
  app.get("/docs/errors/:code", { schema: PROBLEM }, (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    const page = problemPage(context.problems, info, request.params.code, language);
    if (page === undefined) return void sendFailure(context.problems, request, reply, { code: "not-found" });
    reply.header("content-type", HTML).header("vary", "Accept-Language").send(page);
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: "/docs",
    staticCSP: true,
    transformSpecification: () => JSON.parse(json()),
    transformSpecificationClone: false,
    logo: { type: "image/svg+xml", content: Buffer.from(info.mark), href: "/docs", target: "_self" },
    theme: {
      title: info.title,
      favicon: [
        { filename: "mark.svg", rel: "icon", sizes: "any", type: "image/svg+xml", content: Buffer.from(info.mark) },
      ],
      css: [{ filename: "brand.css", content: BRAND_CSS }],
    },
    uiConfig: { docExpansion: "list", deepLinking: true, tryItOutEnabled: true, persistAuthorization: true },
  });
}

const HTML = "text/html; charset=utf-8";

const BRAND_CSS = `
.swagger-ui .topbar { background: #1e1b18; padding: 12px 0; }
.swagger-ui .topbar img { height: 32px; }
.swagger-ui .topbar .download-url-wrapper { display: none; }
.swagger-ui .btn.authorize, .swagger-ui .btn.execute { border-color: #f2620f; color: #f2620f; }
.swagger-ui .btn.execute { background: #f2620f; color: #fff; }
.swagger-ui .btn.authorize svg { fill: #f2620f; }
`;

const OPENAPI = operation({
  operationId: "getOpenApi",
  tag: "Documentation",
  summary: "This document",
  status: 200,
  problems: [],
  example: {},
});

const PROBLEM_LIST = {
  ...operation({
    operationId: "listProblems",
    tag: "Documentation",
    summary: "All problems, as a page",
    status: 200,
    produces: "text/html",
    problems: [],
    example: {},
  }),
  hide: true,
};

const PROBLEM = {
  ...operation({
    operationId: "getProblem",
    tag: "Documentation",
    summary: "One problem, as a page",
    params: Type.Object({ code: Type.String() }),
    status: 200,
    produces: "text/html",
    problems: ["not-found"],
    example: {},
  }),
  hide: true,
};
