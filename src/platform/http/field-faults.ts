import type { ErrorObject } from "ajv";
import type { Texts } from "./language.ts";
import type { FieldFault } from "./problem.ts";

/** How many faults one answer lists: enough for a person, no lever for someone who sends a megabyte of nonsense. */
export const MAX_FAULTS = 50;
const MAX_SHOWN = 80;

/** Codes of `errors[]` that the schemas can give, for the documentation. */
export const FIELD_CODES: { readonly [code: string]: Texts } = {
  required: { ru: "обязательное поле отсутствует", en: "a required field is missing" },
  "unknown-field": { ru: "такого поля нет", en: "there is no such field" },
  "duplicate-field": { ru: "поле указано дважды", en: "the field stands there twice" },
  type: { ru: "значение другого типа", en: "the value is of another type" },
  integer: { ru: "нужно целое число", en: "an integer is needed" },
  minimum: { ru: "число слишком мало", en: "the number is too small" },
  maximum: { ru: "число слишком велико", en: "the number is too large" },
  "too-short": { ru: "строка слишком коротка", en: "the text is too short" },
  "too-long": { ru: "строка слишком длинна", en: "the text is too long" },
  "too-few": { ru: "элементов слишком мало", en: "there are too few items" },
  "too-many": { ru: "элементов слишком много", en: "there are too many items" },
  "too-deep": { ru: "вложенность слишком глубока", en: "the nesting is too deep" },
  form: { ru: "строка не того вида", en: "the text has another form" },
  choice: { ru: "нет среди допустимых значений", en: "not one of the values that are known" },
  "one-of": { ru: "нужен ровно один из вариантов", en: "exactly one of the forms is needed" },
  character: { ru: "недопустимый знак в строке", en: "a character that can't be stored" },
  "bad-time": { ru: "это не время RFC 3339 со смещением", en: "not an RFC 3339 time with an offset" },
  "bad-cursor": { ru: "такого указателя страницы мы не выдавали", en: "not a cursor that we gave" },
  "bad-day": { ru: "такого дня нет в календаре", en: "not a day of the calendar" },
};

/** `Refused` fields of a schema: known to us, and why they are not taken. Kept in the schema as `x-refused`. */
export type Refused = { readonly names: readonly string[]; readonly code: string; readonly message: Texts };

type Verbose = ErrorObject & { parentSchema?: { "x-refused"?: Refused; oneOf?: { required?: string[] }[] } };

/** Faults of ajv (options `allErrors`, `verbose`) as faults of fields: one a field; branches of a `oneOf` are told as one. */
export function toFieldFaults(errors: readonly ErrorObject[], part: FieldFault["in"]): FieldFault[] {
  const faults: FieldFault[] = [];
  const told = new Set<string>();
  for (const error of errors as readonly Verbose[]) {
    if (error.schemaPath.includes("/oneOf/") || isEcho(error, errors)) continue;
    if (faults.length === MAX_FAULTS) break;
    const found = toFault(error);
    if (told.has(found.pointer)) continue;
    told.add(found.pointer);
    faults.push({ ...(part === undefined ? {} : { in: part }), ...found });
  }
  return faults;
}

/** What is no object has neither form of one: its type is all there is to say. */
function isEcho(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  if (error.keyword !== "oneOf") return false;
  return errors.some(({ keyword, instancePath }) => keyword === "type" && instancePath === error.instancePath);
}

function toFault(error: Verbose): FieldFault {
  const pointer = error.instancePath;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "required":
      return fault(`${pointer}/${escapePointer(String(params.missingProperty))}`, "required", {
        ru: "Обязательное поле.",
        en: "This field is required.",
      });
    case "additionalProperties":
      return unknownField(pointer, String(params.additionalProperty), error.parentSchema?.["x-refused"]);
    case "type":
      return typeFault(pointer, String(params.type), error.data);
    case "enum":
      return choiceFault(pointer, params.allowedValues as unknown[]);
    case "const":
      return choiceFault(pointer, [params.allowedValue]);
    case "oneOf":
      return oneOfFault(pointer, error.parentSchema?.oneOf ?? []);
    case "pattern":
      return fault(pointer, "form", {
        ru: `Строка должна подходить под ${params.pattern}.`,
        en: `The text must match ${params.pattern}.`,
      });
    default:
      return limitFault(pointer, error.keyword, Number(params.limit));
  }
}

function unknownField(parent: string, name: string, refused: Refused | undefined): FieldFault {
  const pointer = `${parent}/${escapePointer(name)}`;
  const plain = name.toLowerCase().replaceAll(/[-_ ]/g, "");
  if (refused?.names.includes(plain)) return fault(pointer, refused.code, refused.message);
  return fault(pointer, "unknown-field", { ru: "Такого поля нет.", en: "There is no such field." });
}

function typeFault(pointer: string, expected: string, value: unknown): FieldFault {
  if (expected === "integer" && typeof value === "number") {
    return fault(pointer, "integer", {
      ru: "Нужно целое число: суммы считаются в копейках, баллы в сотых долях.",
      en: "An integer is needed: money is in kopecks, points are in hundredths.",
    });
  }
  return fault(pointer, "type", { ru: `Здесь нужен тип ${expected}.`, en: `The type must be ${expected}.` });
}

function choiceFault(pointer: string, allowed: readonly unknown[]): FieldFault {
  const list = allowed.map(String).join(", ");
  return fault(pointer, "choice", { ru: `Допустимо: ${list}.`, en: `Allowed: ${list}.` });
}

function oneOfFault(pointer: string, branches: readonly { required?: string[] }[]): FieldFault {
  const forms = branches.map((branch) => (branch.required ?? []).join(" + ")).join(" | ");
  return fault(pointer, "one-of", {
    ru: `Нужен ровно один из вариантов: ${forms}.`,
    en: `Exactly one of these forms is needed: ${forms}.`,
  });
}

function limitFault(pointer: string, keyword: string, limit: number): FieldFault {
  if (limit === 1 && (keyword === "minLength" || keyword === "minItems")) {
    const code = keyword === "minLength" ? "too-short" : "too-few";
    return fault(pointer, code, { ru: "Здесь не может быть пусто.", en: "This must not be empty." });
  }
  switch (keyword) {
    case "minimum":
      return fault(pointer, "minimum", { ru: `Не меньше ${limit}.`, en: `At least ${limit}.` });
    case "maximum":
      return fault(pointer, "maximum", { ru: `Не больше ${limit}.`, en: `At most ${limit}.` });
    case "minLength":
      return fault(pointer, "too-short", { ru: `Не короче ${limit} знаков.`, en: `At least ${limit} characters.` });
    case "maxLength":
      return fault(pointer, "too-long", { ru: `Не длиннее ${limit} знаков.`, en: `At most ${limit} characters.` });
    case "minItems":
    case "minProperties":
      return fault(pointer, "too-few", { ru: `Не меньше ${limit} элементов.`, en: `At least ${limit} items.` });
    case "maxItems":
    case "maxProperties":
      return fault(pointer, "too-many", { ru: `Не больше ${limit} элементов.`, en: `At most ${limit} items.` });
    default:
      return fault(pointer, "form", { ru: "Значение не подходит.", en: "The value does not fit." });
  }
}

export function fault(pointer: string, code: string, message: Texts): FieldFault {
  return { pointer, code, message };
}

export function badTime(pointer: string): FieldFault {
  return fault(pointer, "bad-time", {
    ru: "Нужно время RFC 3339 со смещением, например 2026-03-04T12:34:56+03:00.",
    en: "An RFC 3339 time with an offset is needed, such as 2026-03-04T12:34:56+03:00.",
  });
}

export function badDay(pointer: string): FieldFault {
  return fault(pointer, "bad-day", {
    ru: "Нужен день календаря, например 2026-03-04.",
    en: "A day of the calendar is needed, such as 2026-03-04.",
  });
}

export function badCursor(pointer: string): FieldFault {
  return fault(pointer, "bad-cursor", {
    ru: "Такого cursor мы не выдавали.",
    en: "This is no cursor that we gave.",
  });
}

/** One step of a JSON pointer (RFC 6901), cut to a length that may be echoed. */
export function escapePointer(name: string): string {
  const shown = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN).toWellFormed()}…` : name;
  return shown.replaceAll("~", "~0").replaceAll("/", "~1");
}
