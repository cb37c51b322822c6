import { PassThrough, type Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

export const NDJSON = "application/x-ndjson";

export type NdjsonLimits = {
  readonly maxLines: number;
  readonly maxLineBytes: number;
  /** Unpacked. */
  readonly maxBytes: number;
  /** Lines worked on at once. */
  readonly window: number;
};

/** Why the rest of a body was not read. */
export type NdjsonEnd = "too-many-lines" | "line-too-long" | "too-large" | "unreadable";

export type NdjsonWork = {
  readonly limits: NdjsonLimits;
  /** The answer to one line (from 1), without the line break. Must not throw. */
  readonly answerLine: (line: Buffer, number: number) => Promise<string>;
  /** The last answer, when the body was not read to its end. */
  readonly answerEnd: (reason: NdjsonEnd, number: number) => string;
};

const DECODERS = { gzip: createGunzip, zstd: createZstdDecompress } as const;
export const NDJSON_ENCODINGS = ["identity", "gzip", "zstd"] as const;

/** The body unpacked as its Content-Encoding says; undefined for an encoding that is not taken. */
export function unpack(body: Readable, encoding: string | undefined): Readable | undefined {
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding !== "gzip" && encoding !== "zstd") return undefined;
  const decoder = DECODERS[encoding]();
  body.on("error", (error) => decoder.destroy(error));
  body.on("close", () => {
    // A client that has left: what it sent so far is not a whole body.
    if (!body.readableEnded) decoder.destroy(new Error("the body was cut off"));
  });
  return body.pipe(decoder);
}

/**
 * Answers a body line by line, in its order, while it still arrives; a window of lines is worked on at once. Answers are
 * kept until the client takes them: many write all of a request before they read, and would wait for ever if reading
 * stopped; the limits bound what is kept.
 */
export function answerLines(input: Readable, work: NdjsonWork): Readable {
  const output = new PassThrough({ highWaterMark: work.limits.maxBytes });
  const slots: { text: string | undefined }[] = [];
  let wake: (() => void) | undefined;
  let count = 0;

  const flush = () => {
    while (slots[0]?.text !== undefined) output.write(`${slots.shift()?.text}\n`);
    wake?.();
  };
  const begin = (line: Buffer) => {
    count++;
    const slot: { text: string | undefined } = { text: undefined };
    slots.push(slot);
    void work.answerLine(line, count).then((text) => {
      slot.text = text;
      flush();
    });
  };
  const roomFor = async (free: number) => {
    while (slots.length >= free) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  const run = async (): Promise<void> => {
    const reason = await eachLine(input, work.limits, async (line) => {
      await roomFor(work.limits.window);
      begin(line);
    });
    await roomFor(1);
    if (reason !== undefined) output.write(`${work.answerEnd(reason, count + 1)}\n`);
    output.end();
    input.destroy();
  };
  run().catch((error: Error) => output.destroy(error));
  return output;
}

/** Calls `take` for each line; says why it stopped before the end. */
async function eachLine(
  input: Readable,
  limits: NdjsonLimits,
  take: (line: Buffer) => Promise<void>,
): Promise<NdjsonEnd | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let lines = 0;
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limits.maxBytes) return "too-large";
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        const tail = chunk.subarray(start, end);
        const line = rest.length === 0 ? tail : Buffer.concat([rest, tail]);
        if (line.length > limits.maxLineBytes) return "line-too-long";
        if (++lines > limits.maxLines) return "too-many-lines";
        await take(line);
        rest = Buffer.alloc(0);
        start = end + 1;
      }
      rest = Buffer.concat([rest, chunk.subarray(start)]);
      if (rest.length > limits.maxLineBytes) return "line-too-long";
    }
  } catch {
    return "unreadable";
  }
  if (rest.length === 0) return undefined;
  if (++lines > limits.maxLines) return "too-many-lines";
  await take(rest);
  return undefined;
}
