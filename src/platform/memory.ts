import { totalmem } from "node:os";
import process from "node:process";

/** Bytes of memory this process may count on: the machine's, or less when a container (cgroup) limits it. */
export function availableMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
