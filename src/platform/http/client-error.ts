import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { DEFAULT_LANGUAGE } from "./language.ts";
import type { ProblemRegistry } from "./problem-registry.ts";

/** Answers bytes that are no HTTP request, as far as the connection still takes an answer. */
export function answerClientError(
  problems: ProblemRegistry,
  nextRequestId: (request: IncomingMessage) => string,
  error: NodeJS.ErrnoException,
  socket: Socket,
): void {
  // Node keeps the answer under way here; its own default handler asks the same.
  const answering = (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage;
  if (error.code === "ECONNRESET" || !socket.writable || answering?.headersSent === true) {
    socket.destroy();
    return;
  }
  const requestId = nextRequestId({ headers: {} } as IncomingMessage);
  const { status, json } = problems.render({ code: codeOf(error) }, DEFAULT_LANGUAGE, requestId);
  socket.end(
    `HTTP/1.1 ${status} Bad\r\nContent-Type: application/problem+json\r\nX-Request-Id: ${requestId}\r\n` +
      `Content-Length: ${Buffer.byteLength(json)}\r\nConnection: close\r\n\r\n${json}`,
  );
}

function codeOf(error: NodeJS.ErrnoException): string {
  if (error.code === "HPE_HEADER_OVERFLOW") return "headers-too-large";
  return error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "request-timeout" : "bad-request";
}
