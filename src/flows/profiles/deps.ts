import type { Pool } from "pg";
import type {
  AttributeRule,
  Guards,
  IdentifierKey,
  KeyWrapper,
  MemberIds,
  Strategies,
} from "#domains/identity/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { Clock } from "#platform/clock.ts";

export type ProfileDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
  readonly memberIds: MemberIds;
  readonly keys: KeyWrapper;
  readonly guards: () => Guards;
  readonly strategies: () => Strategies;
  readonly attributeRules: () => readonly AttributeRule[];
};
