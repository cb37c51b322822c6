import assert from "node:assert/strict";
import { test } from "node:test";
import { testApi } from "../../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";

const programme = `${SMALL_COALITION.replace(
  "rules:\n",
  `rules:
  favourites:
    name: on favourites
    when: { partner: alfa, favourite: true }
    earn: { percent: favourite }
    funders: alfa
`,
)}
levels:
  one: { name: One, rank: 1, favourites: 1 }
  two: { name: Two, rank: 2, favourites: 2 }
favourites:
  always: { food: 20%, alcohol: 5% }
  months: { 2026-07: { alcohol: 7% } }
`;
const api = await testApi({ programme });
const { operator, till } = api.keys;
const receipt = {
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  at: "2026-06-15T11:59:00+03:00",
  member: { kind: "phone", value: "+79000000001" },
};
let number = 0;
async function buy(category: string) {
  const at = new Date(api.clock.now()).toISOString();
  const body = { ...receipt, at, number: String(++number), lines: [{ category, amount: 10_000 }] };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}
const member = String((await buy("food")).member);
const path = (month: string) => `/v1/members/${member}/favourites/${month}`;
const choose = (month: string, categories: string[]) =>
  api.call(path(month), { method: "PUT", key: operator, body: { categories } });

test("a category chosen earns its percentage from then on, to the month's end; as many as the level allows", async () => {
  const before = await api.call(path("2026-06"), { key: operator });
  assert.equal(before.body.allowed as unknown, 1);
  const chosen = await choose("2026-06", ["food"]);
  assert.equal(chosen.status, 200, chosen.text);
  api.clock.advance(1_000);
  assert.equal((await buy("food")).earned as unknown, 1_000 + 2_000);
  assert.equal((await buy("alcohol")).earned as unknown, 1_000);
  const again = await choose("2026-06", ["food"]);
  assert.equal(again.status, 200);
  assert.equal((again.body.history as unknown as object[]).length, 1);
  const more = await choose("2026-06", ["alcohol"]);
  assert.equal(more.status, 422, "nothing is exchanged");
  assert.equal(more.body.code as unknown, "too-many-favourites");
});

test("a month to come is chosen from its own list; what is not in it, or is over, is refused", async () => {
  assert.equal((await choose("2026-07", ["food"])).body.code as unknown, "favourite-not-offered");
  assert.equal((await choose("2026-05", ["food"])).body.code as unknown, "favourites-closed");
  assert.equal((await choose("2026-08", ["food"])).body.code as unknown, "favourites-closed", "not known yet");
  assert.equal((await choose("2026-13", ["food"])).status, 400);
  const july = await choose("2026-07", ["alcohol"]);
  assert.equal(july.status, 200, july.text);
  assert.equal((july.body.history as unknown as object[]).length, 2);
  assert.equal((await buy("alcohol")).earned as unknown, 1_000, "not before its month");
  api.clock.set(Date.parse("2026-07-01T00:00:00+03:00"));
  assert.equal((await buy("alcohol")).earned as unknown, 1_000 + 700);
  assert.equal((await buy("food")).earned as unknown, 1_000, "June's is over");
});

test("two choices at once never make more than the level allows", async () => {
  api.clock.set(Date.parse("2026-08-03T12:00:00+03:00"));
  const answers = await Promise.all([choose("2026-08", ["food"]), choose("2026-08", ["alcohol"])]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422]);
});
