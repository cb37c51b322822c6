import assert from "node:assert/strict";
import { test } from "node:test";
import { readPaymentSettings } from "./settings.ts";

const SECRET = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const read = (text: string, secrets: readonly string[] = []) =>
  readPaymentSettings(`format: 1\n${text}`, "payments.yaml", secrets);
const faults = (text: string, secrets?: readonly string[]) => {
  const settings = read(text, secrets);
  return settings.ok ? "" : settings.failure.map(({ line, path, message }) => `${line} ${path} ${message}`).join("\n");
};

test("the sandbox needs nothing, a gateway an address and a secret", () => {
  assert.deepEqual(read("provider: sandbox"), { ok: true, value: { provider: "sandbox" } });
  const http = read(`provider: http\nurl: https://pay.example/dolka\nsecrets: [${SECRET}]`);
  assert.ok(http.ok && http.value.provider === "http");
  assert.deepEqual([http.value.timeoutMs, http.value.tries, http.value.secrets.length], [5_000, 3, 1]);
  const own = read("provider: http\nurl: http://127.0.0.1:9/\ntimeoutSeconds: 2\ntries: 1", [SECRET, SECRET]);
  assert.ok(own.ok && own.value.provider === "http");
  assert.deepEqual(
    [own.value.timeoutMs, own.value.tries, own.value.secrets.length],
    [2_000, 1, 2],
    "secrets from elsewhere",
  );
});

test("faults are told with their lines, and no secret is repeated", () => {
  assert.match(faults("provider: paypal"), /^2 \/provider expected sandbox or http/);
  assert.match(faults("provider: http"), /needs "url"[\s\S]*needs "secrets"/);
  for (const url of ["http://pay.example", "ftp://x", "pay", "https://me:pw@pay.example", "https://pay.example?a=1"]) {
    assert.match(faults(`provider: http\nurl: "${url}"\nsecrets: [${SECRET}]`), /^3 \/url expected an https address/);
  }
  const short = faults("provider: http\nurl: https://pay.example\nsecrets: [whsec_c2hvcnQ=]");
  assert.match(short, /^4 \/secrets\/0 expected whsec_/);
  assert.ok(!short.includes("c2hvcnQ"));
  assert.match(faults("provider: sandbox\ntries: 9"), /1 to 5/);
});
