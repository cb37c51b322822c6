import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { dolka } from "../../../../test/stack.ts";

const folder = mkdtempSync(join(tmpdir(), "dolka-link-e2e-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const data = file(
  "people.csv",
  `person,name,birth
1,Петров Иван Сергеевич,1985-02-07
1,Иван Петров,07.02.1985
1,Petrov Ivan,1985-02-07
2,Сидорова Анна,1990-11-30
2,Аня Сидорова,1990-11-30
3,Кузнецов Пётр,1971-05-05
4,Орлова Мария,2001-12-01
5,Жданов Олег,1966-03-17
6,Щукина Вера,1978-08-08
`,
);
const config = file("people.yaml", "fields:\n  name: name\n  birth: date\n");

test("dolka link prints one JSON value with the scores, with an engine of its own", async () => {
  const page = join(folder, "page.html");
  const { code, stdout, stderr } = await dolka(
    ["link", data, "--config", config, "--truth", "person", "--json", "--html", page],
    { DOLKA_HOME: join(folder, "no-home") },
  );
  assert.equal(code, 0, stderr);
  const answer = JSON.parse(stdout);
  assert.deepEqual(
    [answer.precision, answer.recall, answer.f1, answer.bcubed.f1, answer.blockingRecall],
    [1, 1, 1, 1, 1],
  );
  assert.ok(answer.threshold > 0 && answer.threshold < 1);
  assert.match(readFileSync(page, "utf8"), /Linkage of people\.csv/);
});

test("mistakes are told with exit codes and places", async () => {
  const [nothing, noConfig, unknown, missing] = await Promise.all([
    dolka(["link"]),
    dolka(["link", data]),
    dolka(["link", data, "--config", file("bad.yaml", "fields:\n  nam: name\n")]),
    dolka(["link", join(folder, "none.csv"), "--config", config]),
  ]);
  assert.deepEqual([nothing.code, noConfig.code, unknown.code, missing.code], [2, 2, 1, 1]);
  assert.match(
    unknown.stderr,
    /bad\.yaml:2:3 \/fields\/nam: expected a column of the data \(person, name, birth\), got "nam"\. Did you mean "name"\?/,
  );
  assert.match(missing.stderr, /none\.csv can't be read/);
});
