import type { Logger } from "#platform/log.ts";
import { watchParent } from "./child.ts";

const STOP_WITHIN_MS = 20_000;

/**
 * Runs `stop` once when this process is asked to end (SIGTERM, SIGINT) or its parent has died, and then exits: 0 when it
 * went well, 1 when it failed or took longer than 20 s.
 */
export function onStop(log: Logger, stop: () => Promise<void>): void {
  let isStopping = false;
  const once = (why: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, "stopping");
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => once("SIGTERM"));
  process.on("SIGINT", () => once("SIGINT"));
  watchParent(() => once("parent gone"));
}
