import type { IncomingMessage, Server, ServerResponse } from "node:http";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyTypeProvider,
  type RouteOptions,
} from "fastify";
import type { Static, TSchema } from "typebox";
import { invariant } from "#kernel/invariant.ts";
import type { Clock } from "#platform/clock.ts";
import type { Logger } from "#platform/log.ts";
import { answerClientError } from "./client-error.ts";
import { handleError } from "./error-handler.ts";
import { createHttpMetrics, type HttpMetrics } from "./http-metrics.ts";
import { readJson } from "./json-body.ts";
import type { Failure } from "./problem.ts";
import { ProblemError } from "./problem.ts";
import type { ProblemRegistry } from "./problem-registry.ts";
import { createRequestIds } from "./request-id.ts";
import { routeTable } from "./route-table.ts";
import { sendFailure } from "./send.ts";
import { createValidatorCompiler } from "./validation.ts";

/** Types of body, params and query come from the route's schemas. */
export interface SchemaTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
  readonly serializer: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
}

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, SchemaTypes>;
/** A folder's routes. */
export type RouteModule = (app: App) => void;

export type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;
/** Decides who may pass; asked once per route when it is registered, so a route it does not know stops the start. */
export type Guard = (operationId: string) => { readonly onRequest?: Hook; readonly preHandler?: Hook };

export type AppOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly problems: ProblemRegistry;
  readonly guard: Guard;
  /** Whether a thrown error means that an engine is away: 503 instead of 500. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** Bytes of a JSON body, 1 MiB if not said. */
  readonly bodyLimitBytes?: number;
  /** A line per request in the log; off by default, as the metrics count them. */
  readonly logRequests?: boolean;
};

export type HttpApp = {
  readonly app: App;
  readonly metrics: HttpMetrics;
  isDraining(): boolean;
  /** Answers what has been begun, takes nothing more; cuts off what is still open after `timeoutMs` (10 s). */
  close(timeoutMs?: number): Promise<void>;
};

const DEFAULT_BODY_LIMIT = 1_048_576;
const DRAIN_MS = 10_000;
const UNPACKED_JSON_ONLY: Failure = { code: "unsupported-media-type", accepted: ["application/json; identity"] };

/** An HTTP server with our rules of conduct and no routes yet. Nothing of an error leaves it but what a problem says. */
export function createApp(options: AppOptions): HttpApp {
  const bodyLimit = options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT;
  const nextRequestId = createRequestIds();
  const app: App = Fastify({
    logger: false,
    bodyLimit,
    genReqId: nextRequestId,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    // Longer than the 60 s of common load balancers, so that they close first and no request meets a closing socket.
    keepAliveTimeout: 75_000,
    // A batch of a till on a mobile link may take minutes.
    requestTimeout: 300_000,
    // Slow headers are cut off by node's own headersTimeout, checked every 5 s.
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: (error, socket) => answerClientError(options.problems, nextRequestId, error, socket),
    frameworkErrors: (error, request, reply) => {
      reply.header("x-request-id", request.id);
      handleError(options, bodyLimit, error, request, reply);
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    const { "content-encoding": encoding = "identity" } = request.headers;
    if (encoding !== "identity") return done(new ProblemError(UNPACKED_JSON_ONLY));
    const parsed = readJson(bytes as Buffer);
    if (parsed.ok) done(null, parsed.value);
    else done(new ProblemError(parsed.failure));
  });
  app.setValidatorCompiler(createValidatorCompiler());
  app.setErrorHandler((error, request, reply) => handleError(options, bodyLimit, error, request, reply));

  let isDraining = false;
  app.addHook("onSend", (_request, reply, _payload, done) => {
    // So that no client sends its next request into a closing connection.
    if (isDraining) reply.header("connection", "close");
    done();
  });
  const routes = routeTable();
  const metrics = createHttpMetrics();
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    if (request.is404) answerUnknownRoute(options.problems, routes.methodsAt(pathOf(request.url)), request, reply);
    else done();
  });
  app.addHook("onRoute", (route) => {
    const operationId = operationOf(route);
    routes.add(route);
    addHooks(route, options, operationId, metrics);
  });
  const close = (timeoutMs = DRAIN_MS) => {
    isDraining = true;
    return drain(app, timeoutMs);
  };
  return { app, metrics, isDraining: () => isDraining, close };
}

function operationOf(route: RouteOptions): string {
  const schema = route.schema as { operationId?: string; hide?: boolean } | undefined;
  // The routes of the documentation's own plugin are the only ones that hide.
  const id = schema?.operationId ?? (schema?.hide === true ? "getDocs" : undefined);
  invariant(id, `route ${String(route.method)} ${route.url} has no operationId`);
  return id;
}

function addHooks(
  route: RouteOptions & { onResponse?: unknown; onRequest?: unknown; preHandler?: unknown },
  options: AppOptions,
  operationId: string,
  metrics: HttpMetrics,
): void {
  const guard = options.guard(operationId);
  const recorder = metrics.operation(operationId);
  const onResponse: Hook = (request, reply, done) => {
    recorder.record(reply.statusCode, reply.elapsedTime);
    if (options.logRequests === true) {
      const { method, id: requestId } = request;
      options.log.info({ requestId, operationId, method, status: reply.statusCode, ms: reply.elapsedTime }, "request");
    }
    done();
  };
  route.onRequest = [...(guard.onRequest === undefined ? [] : [guard.onRequest]), ...listOf(route.onRequest)];
  route.preHandler = [...(guard.preHandler === undefined ? [] : [guard.preHandler]), ...listOf(route.preHandler)];
  route.onResponse = [onResponse, ...listOf(route.onResponse)];
}

function listOf(hooks: unknown): never[] {
  return (hooks === undefined ? [] : Array.isArray(hooks) ? hooks : [hooks]) as never[];
}

function answerUnknownRoute(
  problems: ProblemRegistry,
  allowed: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  let failure: Failure = { code: "not-found" };
  if (allowed.length > 0) {
    reply.header("allow", allowed.join(", "));
    failure = { code: "method-not-allowed", allowed };
  }
  sendFailure(problems, request, reply, failure);
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

/**
 * Stops taking connections, answers what has been begun (with `Connection: close`), and cuts off whoever is still there
 * after `timeoutMs`.
 */
async function drain(app: App, timeoutMs: number): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(deadline);
  }
}
