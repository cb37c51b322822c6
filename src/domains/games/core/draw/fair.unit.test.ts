import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { documentHash } from "#domains/program/index.ts";
import { type DrawCommitment, drawPrize, fairNumber, prizeAt, seedHash, sumOfWeights } from "./fair.ts";
import { type RevealedPeriod, verifyDraws } from "./verify.ts";

const seed = createHash("sha256").update("test").digest();
const prizes = [
  { id: "a", weight: 1, stock: 2 },
  { id: "b", weight: 3, stock: null },
];
const commitment: DrawCommitment = {
  ...{ algorithm: "dolka-draw-1", game: "wheel", period: "2026-06-01" },
  ...{ startsAt: "2026-05-31T21:00:00.000Z", endsAt: "2026-06-07T21:00:00.000Z" },
  ...{ serverSeedHash: seedHash(seed), prizes, whenOut: "b" },
};

function revealed(count: number): RevealedPeriod {
  const taken = new Map<string, number>();
  const draws = Array.from({ length: count }, (_, i) => {
    const [nonce, clientSeed] = [i + 1, `c${i}`];
    const { drawn, given } = drawPrize(commitment, seed, clientSeed, nonce, taken);
    taken.set(given, (taken.get(given) ?? 0) + 1);
    return { nonce, clientSeed, drawn, given };
  });
  return { commitment, commitmentHash: documentHash(commitment), serverSeed: seed.toString("hex"), draws };
}

test("a number is what the published formula says, written out again from the documentation", () => {
  for (const bound of [2, 7, 100, 1_000_003]) {
    for (let nonce = 1; nonce < 20; nonce++) {
      const bytes = createHmac("sha256", seed).update(`fish:${nonce}:0`).digest();
      const words = Array.from({ length: 8 }, (_, i) => bytes.readUInt32BE(4 * i));
      const first = words.find((word) => word < 4_294_967_296 - (4_294_967_296 % bound)) as number;
      assert.equal(fairNumber(seed, "fish", nonce, bound), first % bound);
    }
  }
});

test("rejection takes the next word, and the next block when all eight are above the limit", () => {
  // A bound just above 2^31 rejects nearly half of all words: some nonce needs a second block.
  const bound = 2 ** 31 + 1;
  let secondBlocks = 0;
  for (let nonce = 0; nonce < 3_000; nonce++) {
    const bytes = createHmac("sha256", seed).update(`x:${nonce}:0`).digest();
    const isIn = Array.from({ length: 8 }, (_, i) => bytes.readUInt32BE(4 * i)).some((word) => word < bound);
    const number = fairNumber(seed, "x", nonce, bound);
    assert.ok(number >= 0 && number < bound);
    if (isIn) continue;
    secondBlocks++;
    const next = createHmac("sha256", seed).update(`x:${nonce}:1`).digest();
    const words = Array.from({ length: 8 }, (_, i) => next.readUInt32BE(4 * i));
    assert.equal(
      number,
      words.find((word) => word < bound),
    );
  }
  assert.ok(secondBlocks > 0);
});

test("weights are laid out in the published order, each number on one prize", () => {
  assert.equal(sumOfWeights(prizes), 4);
  assert.deepEqual(
    [0, 1, 2, 3].map((number) => prizeAt(prizes, number)),
    ["a", "b", "b", "b"],
  );
});

test("a prize that has run out gives what was committed to in its place, and the verifier knows when it did", () => {
  const period = revealed(40);
  const of = (key: "drawn" | "given") => period.draws.filter((draw) => draw[key] === "a").length;
  assert.ok(of("drawn") > 2);
  assert.equal(of("given"), 2);
  assert.deepEqual(verifyDraws(period), []);
});

test("the verifier finds another seed, other terms, a draw left out, a draw changed", () => {
  const period = revealed(12);
  const other = createHash("sha256").update("other").digest("hex");
  assert.ok(verifyDraws({ ...period, serverSeed: other }).some(({ code }) => code === "seed-differs"));
  const sweetened = { ...commitment, whenOut: "a" };
  assert.equal(verifyDraws({ ...period, commitment: sweetened })[0]?.code, "commitment-differs");
  const without = period.draws.filter(({ nonce }) => nonce !== 5);
  assert.ok(verifyDraws({ ...period, draws: without }).some((f) => f.code === "draw-missing" && f.nonce === 5));
  const changed = period.draws.map((draw) =>
    draw.nonce === 7 ? { ...draw, given: draw.given === "a" ? "b" : "a" } : draw,
  );
  assert.ok(verifyDraws({ ...period, draws: changed }).some((f) => f.code === "draw-differs" && f.nonce === 7));
});

test("the lines in docs/games.md that anybody may check a draw with say the same", async () => {
  const guide = readFileSync(new URL("../../../../../docs/games.md", import.meta.url), "utf8");
  const snippet = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
  const module = `${snippet}\nexport { prizeOf };`;
  const { prizeOf } = (await import(`data:text/javascript,${encodeURIComponent(module)}`)) as {
    prizeOf: (serverSeed: Uint8Array, clientSeed: string, nonce: number, prizes: unknown) => string;
  };
  for (let nonce = 1; nonce <= 500; nonce++) {
    const right = drawPrize(commitment, seed, "fish", nonce, new Map()).drawn;
    assert.equal(prizeOf(seed, "fish", nonce, prizes), right);
  }
});
