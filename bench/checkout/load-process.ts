import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LoadMessage, LoadOrder, LoadReport } from "./load.ts";

export type Load = {
  readonly pid: number;
  reset(): void;
  read(): Promise<LoadReport>;
  stop(): Promise<void>;
};

/** Starts the load generator in a process of its own. */
export function startLoad(order: Omit<LoadOrder, "order">): Load {
  const child: ChildProcess = fork(fileURLToPath(new URL("./load.ts", import.meta.url)), { execArgv: [] });
  const tell = (message: LoadMessage) => {
    if (child.connected) child.send(message);
  };
  tell({ order: "start", ...order });
  return {
    pid: child.pid as number,
    reset: () => tell({ order: "reset" }),
    read: () =>
      new Promise((resolve, reject) => {
        child.once("message", (report) => resolve(report as LoadReport));
        child.once("exit", () => reject(new Error("the load generator ended")));
        tell({ order: "read" });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        tell({ order: "stop" });
      }),
  };
}
