/** A process that draws on every right of some members until there is none: `node draw-child.ts PG_URL NOW MEMBER…`. */
import { randomBytes } from "node:crypto";
import { loadProgrammes } from "#domains/program/index.ts";
import { manualClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { makeDraw } from "../draw/make-draw.ts";

const [pgUrl = "", now = "", ...members] = process.argv.slice(2);
const pool = createPool({ url: pgUrl, applicationName: "draw child", max: 4 });
const clock = manualClock(Number(now));
const programmes = await loadProgrammes({ pool, clock });
const deps = { pool, clock, programmes, gameSecret: Buffer.from("secret"), random: randomBytes };

async function drawAll(member: number): Promise<void> {
  for (;;) {
    const clientSeed = randomBytes(8).toString("hex");
    const outcome = await makeDraw(deps, { member, game: "wheel", clientSeed, requestKey: clientSeed });
    if (outcome.ok) process.stdout.write(".");
    else if (outcome.failure.code === "no-draw-right") return;
    else throw new Error(outcome.failure.code);
  }
}

await Promise.all(members.map((member) => drawAll(Number(member))));
await pool.end();
