/** Thrown when something that must hold does not. Never caught on the way to the process's last handler. */
export class InvariantError extends Error {
  override name = "InvariantError";
}

/** Stops at once when `condition` does not hold: a bug here, never the caller's input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The branch that types say cannot be reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`);
}
