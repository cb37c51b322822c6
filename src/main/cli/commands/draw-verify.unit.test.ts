import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type DrawCommitment, drawPrize, seedHash } from "#domains/games/index.ts";
import { documentHash } from "#domains/program/index.ts";
import { CommandFailure } from "../command.ts";
import { drawVerifyCommand } from "./draw-verify.ts";

const folder = mkdtempSync(join(tmpdir(), "draw-verify-"));
after(() => rmSync(folder, { recursive: true }));

const seed = createHash("sha256").update("test").digest();
const commitment: DrawCommitment = {
  ...{ algorithm: "dolka-draw-1", game: "wheel", period: "2026-06-01", serverSeedHash: seedHash(seed) },
  ...{ startsAt: "2026-05-31T21:00:00.000Z", endsAt: "2026-06-07T21:00:00.000Z" },
  prizes: [
    { id: "a", weight: 1, stock: 3 },
    { id: "b", weight: 2, stock: null },
  ],
  whenOut: "b",
};
const taken = new Map<string, number>();
const items = Array.from({ length: 30 }, (_, i) => {
  const draw = { nonce: i + 1, clientSeed: `c${i}`, ...drawPrize(commitment, seed, `c${i}`, i + 1, taken) };
  taken.set(draw.given, (taken.get(draw.given) ?? 0) + 1);
  return draw;
});
const page = { commitment, commitmentHash: documentHash(commitment), serverSeed: seed.toString("hex"), items };

/** What the command prints, or the sentence that it ends with. */
async function verify(pages: readonly object[], values: object = {}): Promise<string> {
  const files = pages.map((each, i) => {
    const file = join(folder, `${i}.json`);
    writeFileSync(file, JSON.stringify(each));
    return file;
  });
  let printed = "";
  const context = {
    result: (_: unknown, text: string) => {
      printed = text;
    },
  };
  try {
    await drawVerifyCommand.run(context as never, { positionals: files, values: values as never });
    return printed;
  } catch (error) {
    assert.ok(error instanceof CommandFailure);
    return `exit ${error.exitCode}: ${error.message}`;
  }
}

test("a revealed period verifies, in one file or in pages", async () => {
  assert.match(await verify([page]), /^wheel, 2026-06-01: 30 draws, each as its seeds.*\n {2}[ab] /);
  const pages = [
    { ...page, items: items.slice(0, 11), next: "x" },
    { ...page, items: items.slice(11) },
  ];
  assert.match(await verify(pages, { commitment: page.commitmentHash }), /30 draws/);
});

test("what was changed or left out is told, with exit code 1", async () => {
  assert.match(await verify([{ ...page, items: items.slice(1) }]), /^exit 1: .*Draw 1 is missing/);
  const bribed = items.map((draw) => (draw.nonce === 9 ? { ...draw, drawn: "a", given: "a" } : draw));
  const changed = items[8]?.given === "a" ? items.map((d) => (d.nonce === 9 ? { ...d, given: "b" } : d)) : bribed;
  assert.match(await verify([{ ...page, items: changed }]), /^exit 1: .*Draw 9 gave something else/);
  assert.match(await verify([page], { commitment: "0".repeat(64) }), /not those that were committed to/);
  assert.match(await verify([{ items }]), /^exit 1: .*no revealed period/);
});
