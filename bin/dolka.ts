#!/usr/bin/env node
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The runtime is a pinned dependency (`node` from npm); what runs this file by chance may be another one. */
const NEEDED = 24;

if (Number(process.versions.node.split(".", 1)[0]) === NEEDED) {
  // Compiled code is kept, for this process and those it starts: half a second less of each start. In node_modules,
  // because what lies there is trusted as code already; where it can't be written nothing is kept.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const { main } = await import("../src/main/cli/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const pinned = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  if (existsSync(pinned) && process.env.DOLKA_NODE !== "pinned" && process.execve !== undefined) {
    process.execve(pinned, [pinned, ...process.argv.slice(1)], { ...process.env, DOLKA_NODE: "pinned" });
  }
  console.error(
    `Dolka runs on Node ${NEEDED}; this is ${process.version}. Run \`npm ci\`, which brings the right one.`,
  );
  process.exitCode = 1;
}
