import assert from "node:assert/strict";
import { test } from "node:test";
import { dolka, temporaryHome } from "./stack.ts";

test("help, bad usage and an engine that can't be reached have their exit codes and sentences", async () => {
  const [help, none, unknown, option, commandHelp] = await Promise.all([
    dolka(["--help"]),
    dolka([]),
    dolka(["fly", "away"]),
    dolka(["migrate", "--nothing"]),
    dolka(["up", "--help"]),
  ]);
  assert.deepEqual([help.code, none.code, unknown.code, option.code, commandHelp.code], [0, 2, 2, 2, 0]);
  assert.match(help.stdout, /Exit codes: 0 ok, 1 refused/);
  assert.match(unknown.stderr, /There is no command 'fly away'/);
  assert.match(option.stderr, /'--nothing'[\s\S]*usage: dolka migrate/);
  assert.match(commandHelp.stdout, /--port N +port of the API[\s\S]*example: dolka up/);

  const unreachable = await dolka(["migrate", "--json"], {
    PG_URL: "postgresql://x:y@127.0.0.1:9/x",
    CLICKHOUSE_URL: "http://127.0.0.1:9",
  });
  assert.equal(unreachable.code, 3);
  assert.equal(JSON.parse(unreachable.stderr).exitCode, 3);
  assert.equal(unreachable.stdout, "");

  const { home, remove } = temporaryHome();
  const status = await dolka(["status", "--json", "--home", home]);
  assert.deepEqual([status.code, JSON.parse(status.stdout)], [3, { running: false, home }]);
  remove();
});
