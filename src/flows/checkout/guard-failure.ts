import type { BlockKind } from "#domains/guards/index.ts";

/** Why the guards refuse. The reason of a block or a stop is not told: it is for the operator. */
export type GuardFailure =
  | { readonly code: "velocity-exceeded"; readonly rule: string; readonly name: string }
  | { readonly code: "blocked"; readonly what: BlockKind }
  | { readonly code: "earning-stopped" }
  | { readonly code: "spending-stopped"; readonly by: "programme" | "partner" };
