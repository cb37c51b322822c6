import assert from "node:assert/strict";
import { test } from "node:test";
import { isSigned, parseSecret, sign } from "./signature.ts";

const secret = parseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") as Uint8Array;
const other = parseSecret(`whsec_${Buffer.alloc(32, 7).toString("base64")}`) as Uint8Array;
const NOW = 1_614_265_330_000;
const body = Buffer.from('{"test": 2432232314}');
const signed = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", NOW, body);

test("a signature is what the scheme's published example says", () => {
  assert.equal(signed["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("what was signed is known again, by any of the secrets, beside signatures of others", () => {
  assert.ok(isSigned([other, secret], signed, body, NOW));
  const two = { ...signed, "webhook-signature": `v1a,abc v1,AAAA ${signed["webhook-signature"]}` };
  assert.ok(isSigned([secret], two, body, NOW + 299_000));
});

test("another body, id, time or secret, an old message, and none at all are not", () => {
  assert.ok(!isSigned([secret], signed, Buffer.from('{"test": 2432232315}'), NOW));
  assert.ok(!isSigned([secret], { ...signed, "webhook-id": "msg_2" }, body, NOW));
  assert.ok(!isSigned([secret], { ...signed, "webhook-timestamp": "1614265331" }, body, NOW));
  assert.ok(!isSigned([secret], { ...signed, "webhook-timestamp": "soon" }, body, NOW));
  assert.ok(!isSigned([other], signed, body, NOW));
  for (const away of [-301_000, 301_000]) assert.ok(!isSigned([secret], signed, body, NOW + away));
  for (const name of Object.keys(signed)) assert.ok(!isSigned([secret], { ...signed, [name]: undefined }, body, NOW));
  assert.ok(!isSigned([], signed, body, NOW));
});

test("a secret is base64 of 24 bytes or more, with its prefix", () => {
  for (const text of [
    "",
    "whsec_",
    "whsec_c2hvcnQ=",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_не base64 вообще никак",
  ]) {
    assert.equal(parseSecret(text), undefined);
  }
});
