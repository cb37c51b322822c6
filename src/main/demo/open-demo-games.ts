import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Pool } from "pg";
import { formatProgrammeError, loadProgrammes } from "#domains/program/index.ts";
import { changeGameState, draftGames, forecastGame, takePart } from "#flows/games/index.ts";
import { DAY_MS, formatDay } from "#kernel/time.ts";
import { masterKey } from "#main/master-key.ts";
import { manualClock } from "#platform/clock.ts";
import type { DemoStep } from "./step.ts";

const FILE = fileURLToPath(new URL("../../../examples/demo/games.yaml", import.meta.url));
/** The city's weeks, so that boards have a history at once. */
const DAYS_BEFORE = 42;
const DAYS_AFTER = 180;
const NAMES = [
  ...[
    "Рыбонька",
    "Апельсинка",
    "Карась",
    "Бублик",
    "Ежевика",
    "Самовар",
    "Тётя Мотя",
    "Пончик",
    "Сырник",
    "Кот Учёный",
  ],
  ...["Булочник", "Морковка", "Гречка", "Дед Макар", "Смородина", "Кефир", "Ватрушка", "Лимончик", "Рогалик", "Чайник"],
  ...[
    "Anna-Maria",
    "Mr. Fish",
    "Golden Carp",
    "Dolly",
    "Orange Segment",
    "Pancake",
    "Honeybee",
    "Cranberry",
    "Walnut",
    "Sunny",
  ],
];

/**
 * Takes the demo's games live as of six weeks ago, approved by another person than their author, and lets the busiest
 * members take part in the board. The worker then follows the city's receipts and closes its weeks.
 */
export const openDemoGames: DemoStep = {
  name: "demo games",
  async run({ pool, clock, home }) {
    const today = Math.floor(clock.now() / DAY_MS);
    const past = manualClock((today - DAYS_BEFORE) * DAY_MS);
    const programmes = await loadProgrammes({ pool, clock: past });
    const deps = { pool, clock: past, programmes, gameSecret: masterKey(home), random: randomBytes };
    const text = readFileSync(FILE, "utf8")
      .replaceAll(/from: \d{4}-\d{2}-\d{2}/g, `from: ${formatDay(today - DAYS_BEFORE)}`)
      .replaceAll(/until: \d{4}-\d{2}-\d{2}/g, `until: ${formatDay(today + DAYS_AFTER)}`);
    const file = { name: "examples/demo/games.yaml", text };
    const drafted = await draftGames(deps, { file, who: "demo", comment: "" });
    if (!drafted.ok) {
      const { failure } = drafted;
      if (failure.code === "games-invalid") throw new Error(failure.errors.map(formatProgrammeError).join("\n"));
      // Broken off after the approval and run again on another day: they are there already.
      if (failure.code === "game-approved") return;
      throw new Error(`The demo's games were refused: ${failure.code}`);
    }
    for (const { id } of drafted.value) {
      await forecastGame(deps, { id, who: "demo" });
      await changeGameState(deps, { id, action: "approve", who: "demo's other person", comment: "" });
    }
    const members = await busiestMembers(pool, NAMES.length);
    for (const [i, member] of members.entries()) await takePart(deps, member, "weekly-percent", NAMES[i] as string);
  },
};

/** A scan of the demo's few thousand wallets. */
async function busiestMembers(pool: Pool, count: number): Promise<number[]> {
  const { rows } = await pool.query<{ member_id: number }>(
    "select member_id from wallet where status = 'open' order by seq desc, member_id limit $1",
    [count],
  );
  return rows.map(({ member_id }) => member_id);
}
