import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { migratePostgres } from "#platform/postgres/migrate.ts";
import { defineCommand } from "../command.ts";

export const migrateCommand = defineCommand({
  name: "migrate",
  summary: "Bring the schemas of PostgreSQL and ClickHouse up to date",
  usage: "migrate",
  example: "PG_URL=postgresql://… CLICKHOUSE_URL=http://… dolka migrate",
  options: {},
  async run(context) {
    const home = await context.openHome();
    try {
      const postgres = await migratePostgres(home.pool);
      const clickhouse = await migrateClickhouse(home.clickhouse);
      const applied = [...postgres, ...clickhouse];
      context.result(
        { postgres, clickhouse },
        applied.length === 0 ? "Both schemas are up to date." : applied.join("\n"),
      );
    } finally {
      await home.close();
    }
  },
});
