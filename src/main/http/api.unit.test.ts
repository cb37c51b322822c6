import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { PERMISSIONS } from "#domains/access/index.ts";
import type { OpenApiOperation } from "#platform/http/openapi.ts";
import { problemExample } from "#platform/http/problem-document.ts";
import { describeApi } from "./describe-api.ts";
import { problemRegistry } from "./problems.ts";

const document = await describeApi();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const problems = problemRegistry();

test("the document is valid OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>);
  assert.equal(valid, true, JSON.stringify(errors));
  assert.match(document.openapi, /^3\.1\./);
});

test("every operation has an id of its own, a summary, a tag that is described, roles and an example", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.deepEqual([...new Set(ids)], ids);
  const tags = new Set((document.tags as { name: string }[]).map(({ name }) => name));
  for (const { path, method, operation } of operations) {
    const name = `${method} ${path}`;
    assert.ok(operation.summary.length > 5, name);
    assert.ok(operation.tags?.every((tag) => tags.has(tag)) && operation.tags.length === 1, name);
    assert.ok(operation.security?.length === 0 || Object.keys(operation["x-roles"] ?? {}).length > 0, name);
    const success = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
    const media = Object.values(success?.[1].content ?? {})[0];
    assert.ok(media?.example !== undefined || path === "/openapi.json", `${name} has an example`);
  }
});

test("every permission belongs to a route, so that the table has no dead rows", () => {
  const routed = new Set(operations.map(({ operation }) => operation.operationId));
  const hidden = ["getDocs", "listProblems", "getProblem"];
  assert.deepEqual(
    Object.keys(PERMISSIONS).filter((id) => !routed.has(id) && !hidden.includes(id)),
    [],
  );
});

test("every example fits the schema that it stands beside", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "doc", ...(document as object) });
  let checked = 0;
  const check = (pointer: string, value: unknown, name: string) => {
    const validate = ajv.getSchema(`doc#${pointer}`) ?? ajv.compile({ $ref: `doc#${pointer}` });
    assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors)}`);
    checked++;
  };
  for (const { path, method, operation } of operations) {
    const base = `/paths/${path.replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")}/${method}`;
    for (const [pointer, type, value] of examplesOf(operation)) {
      check(`${base}${pointer}/${type.replaceAll("/", "~1")}/schema`, value, `${method} ${path} ${pointer}`);
    }
  }
  assert.ok(checked > 100, String(checked));
});

function* examplesOf(operation: OpenApiOperation): Generator<[pointer: string, type: string, value: unknown]> {
  const bodies = { "/requestBody/content": operation.requestBody?.content ?? {} };
  const answers = Object.entries(operation.responses).map(([status, { content = {} }]) => [
    `/responses/${status}/content`,
    content,
  ]);
  for (const [pointer, content] of [...Object.entries(bodies), ...answers] as [
    string,
    (typeof bodies)[keyof typeof bodies],
  ][]) {
    for (const [type, media] of Object.entries(content)) {
      const parse = (value: unknown) => (type === "application/x-ndjson" ? JSON.parse(String(value)) : value);
      if (media.example !== undefined) yield [pointer, type, parse(media.example)];
      for (const { value } of Object.values((media.examples ?? {}) as Record<string, { value: unknown }>)) {
        yield [pointer, type, value];
      }
    }
  }
}

test("every refusal is told in both languages, without a hole in a sentence, and what to do is said", () => {
  for (const [code, kind] of problems.kinds) {
    assert.ok(kind.status >= 400 && kind.status < 600, code);
    for (const language of ["ru", "en"] as const) {
      const example = problemExample(problems, code, language);
      const texts = [example.title, example.detail, kind.remedy[language]] as string[];
      for (const text of texts) {
        assert.ok(text.length > 3, code);
        assert.doesNotMatch(text, /undefined|NaN|\[object/, code);
        assert.equal(/[а-яё]/i.test(text), language === "ru", `${code}: ${text}`);
      }
      assert.equal(example.type, `/docs/errors/${code}`);
    }
  }
});

test("no refusal is documented at an operation without standing in the registry", () => {
  for (const { path, operation } of operations) {
    for (const { content = {} } of Object.values(operation.responses)) {
      for (const code of Object.keys(content["application/problem+json"]?.examples ?? {})) {
        assert.ok(problems.kinds.has(code), `${path}: ${code}`);
      }
    }
  }
});
