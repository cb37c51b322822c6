import { type Static, Type } from "typebox";
import { formatInstant } from "#kernel/time.ts";
import type { ApiKey } from "../core/api-key.ts";
import { ROLES } from "../core/principal.ts";

export const KeySchema = Type.Object(
  {
    id: Type.String({ description: "`key_…`" }),
    role: Type.Enum(ROLES),
    partner: Type.Optional(Type.String({ description: "The only partner that the key acts for." })),
    name: Type.String(),
    createdAt: Type.String({ format: "date-time" }),
    createdBy: Type.Optional(
      Type.String({ description: "The key that made it; absent when made on the command line." }),
    ),
    expiresAt: Type.Optional(Type.String({ format: "date-time" })),
    revokedAt: Type.Optional(Type.String({ format: "date-time" })),
    revokedBy: Type.Optional(Type.String()),
    lastUsedDay: Type.Optional(Type.String({ format: "date", description: "UTC." })),
  },
  { title: "ApiKey" },
);
export type KeyJson = Static<typeof KeySchema>;

export const NewKeySchema = Type.Object(
  { ...KeySchema.properties, key: Type.String({ description: "The key itself. It is shown this once." }) },
  { title: "NewApiKey" },
);

export const CreateKeySchema = Type.Object(
  {
    role: Type.Enum(ROLES),
    partner: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "Needed for till and partner, refused for the others." }),
    ),
    name: Type.String({ minLength: 1, maxLength: 100, description: "What it is for, to recognise it later." }),
    expiresAt: Type.Optional(Type.String({ format: "date-time", maxLength: 40, description: "Never if not said." })),
  },
  { title: "ApiKeyRequest", additionalProperties: false },
);

export const KEY_EXAMPLE: KeyJson = {
  id: "key_01k9m2x7vq4c8nrtw",
  role: "till",
  partner: "kalitka",
  name: "Tills of Kalitka, south",
  createdAt: "2026-03-04T09:00:00.000Z",
  createdBy: "key_01k9m2a00q4c8nrtw",
};

export function toKeyJson(key: ApiKey): KeyJson {
  const { keyId, role, partner, name, createdBy, revokedBy, lastUsedDay } = key;
  return {
    id: keyId,
    role,
    ...(partner === undefined ? {} : { partner }),
    name,
    createdAt: formatInstant(key.createdAt),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(key.expiresAt === undefined ? {} : { expiresAt: formatInstant(key.expiresAt) }),
    ...(key.revokedAt === undefined ? {} : { revokedAt: formatInstant(key.revokedAt) }),
    ...(revokedBy === undefined ? {} : { revokedBy }),
    ...(lastUsedDay === undefined ? {} : { lastUsedDay }),
  };
}
