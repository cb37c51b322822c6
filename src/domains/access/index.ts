export { type ApiKey, formatKey, isKey } from "./core/api-key.ts";
export { mayActFor, PERMISSIONS, type Permission, permissionOf, type Roles, type Scope } from "./core/permissions.ts";
export { type Principal, ROLES, type Role } from "./core/principal.ts";
export { type CreateKey, type CreateKeyFailure, createKey, type KeyDeps } from "./create-key.ts";
export { createKeyring, type Keyring } from "./keyring.ts";
export { type KeyPage, listKeys } from "./list-keys.ts";
export { revokeKey } from "./revoke-key.ts";
