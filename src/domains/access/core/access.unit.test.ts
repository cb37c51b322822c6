import assert from "node:assert/strict";
import { test } from "node:test";
import { formatKey, formatKeyId, hashKey, isKey } from "./api-key.ts";
import { mayActFor, PERMISSIONS, permissionOf, scopeOf } from "./permissions.ts";
import { needsPartner, type Principal, ROLES, type Role } from "./principal.ts";

const random = (byte: number, count: number) => new Uint8Array(count).fill(byte);

test("a key says its role, and a mistyped one is no key", () => {
  for (const role of ROLES) {
    const key = formatKey(role, random(7, 20));
    assert.match(key, new RegExp(`^dk_${role}_[0-9a-z]{38}$`));
    assert.ok(isKey(key));
    for (let i = 0; i < key.length; i++) {
      const typo = key.slice(0, i) + (key[i] === "x" ? "y" : "x") + key.slice(i + 1);
      assert.equal(isKey(typo), false, typo);
    }
  }
  for (const text of ["", "dk_", "dk_till_", "Bearer", "dk_boss_".padEnd(46, "0")]) assert.equal(isKey(text), false);
});

test("different chance makes different keys, and a hash tells nothing of them", () => {
  const one = formatKey("till", random(1, 20));
  const two = formatKey("till", random(2, 20));
  assert.notEqual(one, two);
  assert.match(hashKey(one), /^[0-9a-f]{64}$/);
  assert.notEqual(hashKey(one), hashKey(two));
});

test("ids of keys sort by the time they were made at", () => {
  const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map((at, i) =>
    formatKeyId(at, random(9 - i, 5)),
  );
  assert.deepEqual([...ids].sort(), ids);
});

test("roles reach as far as the table says, and no further", () => {
  const principal = (role: Role): Principal => ({
    keyId: "k",
    role,
    ...(needsPartner(role) ? { partner: "alfa" } : {}),
  });
  const reach: Record<string, Partial<Record<Role, string>>> = {};
  for (const [operation, permission] of Object.entries(PERMISSIONS)) {
    if (permission === "public") continue;
    const row: Partial<Record<Role, string>> = {};
    for (const role of ROLES) {
      const scope = scopeOf(permission.roles, principal(role));
      if (scope.ok) row[role] = scope.value;
    }
    reach[operation] = row;
  }
  assert.deepEqual(reach.createReceipt, { till: "own", partner: "own", operator: "any", admin: "any" });
  assert.deepEqual(reach.createAward, { partner: "own", operator: "any", admin: "any" });
  assert.deepEqual(reach.createKey, { admin: "any" });
  assert.equal(reach.getWallet?.analyst, "any");
  for (const [operation, row] of Object.entries(reach)) {
    for (const role of ROLES) {
      if (row[role] === undefined) continue;
      assert.equal(
        row[role] === "own",
        needsPartner(role),
        `${operation}: ${role} has a partner exactly where it is kept to it`,
      );
    }
  }
});

test("a key acts for its own partner only, the operator's own people for any", () => {
  assert.ok(mayActFor({ keyId: "k", role: "till", partner: "alfa" }, "alfa").ok);
  assert.deepEqual(mayActFor({ keyId: "k", role: "till", partner: "alfa" }, "beta"), {
    ok: false,
    failure: { code: "forbidden-partner", partner: "beta" },
  });
  assert.ok(mayActFor({ keyId: "k", role: "operator" }, "beta").ok);
});

test("names of objects that every object has are no operations", () => {
  for (const name of ["constructor", "toString", "__proto__", "nothing"]) assert.equal(permissionOf(name), undefined);
});
