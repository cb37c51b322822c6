import assert from "node:assert/strict";
import { test } from "node:test";
import { commands } from "./commands.ts";
import { helpOf, overview } from "./help.ts";

test("every command has a summary, a usage that begins with its name, and an example", () => {
  const names = new Set<string>();
  for (const command of commands) {
    assert.ok(!names.has(command.name), `${command.name} stands twice in the list`);
    names.add(command.name);
    assert.ok(command.usage.startsWith(command.name), command.name);
    assert.match(command.example, new RegExp(`dolka ${command.name}`));
    assert.match(helpOf(command), /example: /);
    assert.match(helpOf(command), /--json/);
    for (const [name, option] of Object.entries(command.options)) {
      assert.match(name, /^[a-z][a-z-]*$/);
      assert.ok(option.description.length > 0, `${command.name} --${name}`);
    }
    assert.ok(overview(commands).includes(command.summary));
  }
});
