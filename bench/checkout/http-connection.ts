import { connect, type Socket } from "node:net";

export type Answer = {
  readonly status: number;
  readonly isReplay: boolean;
  /** Latin-1, one character a byte. */
  readonly body: string;
};

export type HttpConnection = {
  /** Sends a whole request and waits for its answer; one at a time. Rejects when the connection is lost. */
  ask(request: string): Promise<Answer>;
  close(): void;
};

/**
 * A keep-alive connection that knows as much HTTP/1.1 as our own server speaks: a status, headers, a body of
 * Content-Length. `node:http` and `fetch` would cost several times as much, on the cores that are to be measured.
 */
export function openConnection(host: string, port: number): Promise<HttpConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.setEncoding("latin1");
    socket.once("error", reject);
    socket.once("connect", () => resolve(connectionOf(socket)));
  });
}

function connectionOf(socket: Socket): HttpConnection {
  let buffered = "";
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  const lost = (error?: Error) => {
    const asked = waiting;
    waiting = undefined;
    asked?.reject(error ?? new Error("the connection was closed"));
  };
  socket.removeAllListeners("error");
  socket.on("error", lost);
  socket.on("close", () => lost());
  socket.on("data", (chunk) => {
    buffered = buffered === "" ? String(chunk) : buffered + String(chunk);
    const answer = readAnswer(buffered);
    if (answer === undefined) return;
    buffered = "";
    const asked = waiting;
    waiting = undefined;
    asked?.resolve(answer);
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        if (socket.destroyed) lost();
        else socket.write(request, "latin1");
      }),
    close: () => socket.destroy(),
  };
}

/** The answer in `text`; undefined while a part of it is missing. */
function readAnswer(text: string): Answer | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).toLowerCase();
  const lengthAt = head.indexOf("\r\ncontent-length: ");
  if (lengthAt < 0) throw new Error(`an answer without Content-Length: ${head}`);
  const length = Number.parseInt(head.slice(lengthAt + 18, lengthAt + 30), 10);
  if (text.length < headEnd + 4 + length) return undefined;
  return {
    status: Number(text.slice(9, 12)),
    isReplay: head.includes("\r\nidempotency-replayed: true"),
    body: text.slice(headEnd + 4),
  };
}
