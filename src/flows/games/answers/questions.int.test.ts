import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS } from "#kernel/time.ts";
import { answerQuestions, statedAttributes, withdrawAnswers } from "../index.ts";
import { code, dates, ok, openPlayground } from "../testing/playground.ts";

const { clock, deps, run, live, buy, awarded, verified } = await openPlayground();

test("a poll answered with consent says attributes, until the consent is withdrawn; a quiz pays once", async () => {
  await live(`
  pets:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 100 points, reward: { points: 5 points },
      questions: { style: poll, consent: { version: v1, text: { ru: Согласен, en: I agree } }, halfLife: 100 days, questions: {
        pet: { text: { ru: Кто у вас живёт?, en: Who lives with you? }, choose: several, answers: {
          cat: { name: { ru: Кошка, en: A cat }, attribute: has-a-cat, confidence: 80% },
          dog: { name: { ru: Собака, en: A dog }, attribute: has-a-dog }, nobody: { name: { ru: Никто, en: Nobody } } } } } } }
  quiz:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 100 points, reward: { points: 5 points },
      questions: { style: quiz, questions: {
        sum: { text: { ru: 2 + 2, en: 2 + 2 }, answers: { three: { name: "3" }, four: { name: "4", correct: true } } } } } }`);
  const { member } = await buy("pets", 10_000);
  const pet = (...answers: string[]) => ({ member, game: "pets", answers: { pet: answers } });
  assert.equal(await code(answerQuestions(deps, pet("hamster"))), "answers-invalid");
  assert.equal(await code(answerQuestions(deps, { ...pet("cat"), consent: "v0" })), "consent-outdated");
  await ok(answerQuestions(deps, pet("cat")));
  assert.deepEqual(await statedAttributes(deps, [member]), [], "without consent an answer says nothing");
  const twice = await Promise.all([1, 2].map(() => answerQuestions(deps, { ...pet("cat", "dog"), consent: "v1" })));
  assert.deepEqual(twice.map((each) => each.ok && each.value.replayed).sort(), [false, true]);
  const keys = async () => (await statedAttributes(deps, [member])).map(({ key, confidenceBp }) => [key, confidenceBp]);
  assert.deepEqual(await keys(), [
    ["has-a-dog", 9_000],
    ["has-a-cat", 8_000],
  ]);
  clock.advance(50 * DAY_MS);
  assert.deepEqual((await keys())[1], ["has-a-cat", 5_656], "half as sure after a half-life");
  await ok(withdrawAnswers(deps, [member], "pets"));
  assert.deepEqual(await keys(), []);
  await run();
  assert.deepEqual(await awarded(member, "pets"), [["answers", 500]], "changed three times, rewarded once");

  const sum = (answer: string) => answerQuestions(deps, { member, game: "quiz", answers: { sum: [answer] } });
  assert.equal((await ok(sum("three"))).hasPassed, false);
  assert.equal(await code(sum("four")), "already-answered");
  await run();
  assert.deepEqual(await awarded(member, "quiz"), []);
});

test("after all of it every wallet is as its operations say", verified);
