import { type Email, parseEmail } from "../../normalise/email.ts";
import { parsePersonName } from "../../normalise/names.ts";
import { scriptOf, transliterate } from "../../normalise/script.ts";
import { foldText } from "../../normalise/text.ts";
import type { FieldConfig, LinkConfig, LinkInput } from "../config.ts";
import { planCode } from "./codes.ts";
import { planDate } from "./dates.ts";
import { planEmail } from "./emails.ts";
import { planNumber } from "./numbers.ts";
import { type NamePart, type NameValues, planPerson } from "./person.ts";
import { remember } from "./remember.ts";
import { planText } from "./texts.ts";
import type { FieldPlan } from "./types.ts";

/**
 * Makes the fields of a configuration ready for these records. What a kind leaves open is read from the data: the order
 * of dates, whether a text is short or long, whether a column mixes alphabets (then it is compared in Latin letters).
 */
export function planFields(config: LinkConfig, input: LinkInput): FieldPlan[] {
  const known = knownValue(config.nulls);
  const columns = input.values.map((values) => values.map(known));
  const emails = emailsOf(config.fields, columns);
  const joint = jointPersonFields(config.fields);
  const plans: FieldPlan[] = [];
  for (const [index, field] of config.fields.entries()) {
    if (joint.includes(index)) {
      if (index !== joint[0]) continue;
      const parts = joint.map((at) => partValues(config.fields[at] as FieldConfig, columns[at] as string[]));
      plans.push(planPerson("name", field.kind, parts, emails ?? []));
    } else {
      plans.push(planOne(field, columns[index] as string[], emails));
    }
  }
  return plans;
}

/** A value without spaces around it; empty when it is one of the texts that mean "not known". */
function knownValue(nulls: readonly string[]): (value: string) => string {
  const all = new Set(nulls.map((text) => text.toLowerCase()));
  const longest = Math.max(0, ...nulls.map((text) => text.length));
  return (value) => {
    const trimmed = value.trim();
    return trimmed.length <= longest && all.has(trimmed.toLowerCase()) ? "" : trimmed;
  };
}

function planOne(
  field: FieldConfig,
  values: readonly string[],
  emails: readonly (Email | undefined)[] | undefined,
): FieldPlan {
  switch (field.kind) {
    case "name":
      return planPerson(field.name, "name", splitNames(field.name, values), emails ?? []);
    case "given-name":
    case "surname":
    case "patronymic":
      return planPerson(field.name, field.kind, [partValues(field, values)], []);
    case "date":
      return planDate(field.name, values, field.order);
    case "city":
    case "text":
    case "address":
      return planText(field.name, field.kind, inOneScript(values.map(remember(foldText))));
    case "number":
      return planNumber(field.name, values);
    case "email":
      return planEmail(
        field.name,
        values.map((value) => (value === "" ? undefined : (parseEmail(value) ?? textAsEmail(value)))),
      );
    default:
      return planCode(field.name, field.kind, values, field.country);
  }
}

const PARTS: Readonly<Partial<Record<FieldConfig["kind"], NamePart>>> = {
  "given-name": "given",
  surname: "surname",
  patronymic: "patronymic",
};

/** Fields that together are one person's name: one each of given name, surname and patronymic. */
function jointPersonFields(fields: readonly FieldConfig[]): number[] {
  const found: number[] = [];
  for (const kind of Object.keys(PARTS)) {
    const at = fields.flatMap((field, index) => (field.kind === kind ? [index] : []));
    if (at.length === 1) found.push(at[0] as number);
  }
  return found.length > 1 ? found.sort((a, b) => a - b) : [];
}

function partValues(field: FieldConfig, values: readonly string[]): NameValues {
  return { part: PARTS[field.kind] ?? "given", field: field.name, values: inOneScript(values.map(remember(foldText))) };
}

function splitNames(field: string, values: readonly string[]): NameValues[] {
  const names = values.map(remember(parsePersonName));
  const parts: NameValues[] = (["given", "surname", "patronymic"] as const).map((part) => ({
    part,
    field: `${field} (${part})`,
    values: inOneScript(names.map((name) => name[part])),
  }));
  return parts.filter(({ part, values: own }) => part !== "patronymic" || own.some((value) => value !== ""));
}

/** In Latin letters when the column has values in both alphabets, so that they can meet; else as it is. */
function inOneScript(values: string[]): string[] {
  let latin = false;
  let cyrillic = false;
  for (const value of values) {
    const script = scriptOf(value);
    latin ||= script === "latin" || script === "mixed";
    cyrillic ||= script === "cyrillic" || script === "mixed";
    if (latin && cyrillic) return values.map(remember(transliterate));
  }
  return values;
}

/** The only e-mail column, if there is one: it may tell a name. */
function emailsOf(fields: readonly FieldConfig[], columns: readonly string[][]): (Email | undefined)[] | undefined {
  const at = fields.flatMap((field, index) => (field.kind === "email" ? [index] : []));
  if (at.length !== 1) return undefined;
  return columns[at[0] as number]?.map((value) => (value === "" ? undefined : parseEmail(value)));
}

/** A broken address without an @ is compared as a local part alone. */
function textAsEmail(value: string): Email | undefined {
  const local = foldText(value).replaceAll(" ", ".");
  return local === "" ? undefined : { local, domain: "" };
}
