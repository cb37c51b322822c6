import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, PointsCents } from "#kernel/money.ts";
import type { CompiledProgramme, RuleTerms } from "../compile/compiled.ts";
import { textOf } from "../document/shorthand.ts";
import type { RuleResult } from "../types.ts";
import { bareNumber, type Language, moneyText, multiplierText, percentText, pointsText } from "./numbers.ts";

/** «+5 % на продукты по подписке: 12,50 балла с 250,00 ₽, начислено 8,33 (предел: 200 баллов за чек)». */
export function sentence(result: RuleResult, programme: CompiledProgramme, language: Language): string {
  const terms = programme.rules.get(result.rule);
  const what = `${subject(result, terms, programme, language)}: ${gain(result, terms, programme, language)}`;
  return result.cappedBy === undefined ? what : what + cut(result, programme, language);
}

function subject(
  result: RuleResult,
  terms: RuleTerms | undefined,
  programme: CompiledProgramme,
  language: Language,
): string {
  const name = terms?.name[language] ?? result.rule;
  if (result.multiplierBp !== undefined) return `${multiplierText(result.multiplierBp, language)} ${name}`;
  const named = result.level === undefined ? name : `${name} (${levelName(result.level, programme, language)})`;
  const rates = result.rateBp === undefined ? (result.ratesBp ?? []) : [result.rateBp];
  return rates.length === 0 ? named : `+${listOfRates(rates, language)} ${named}`;
}

/** `5 %`; `7 %, 10 % и 15 %`. */
function listOfRates(rates: readonly BasisPoints[], language: Language): string {
  const texts = rates.map((rateBp) => percentText(rateBp, language));
  const last = texts.pop() ?? "";
  return texts.length === 0 ? last : `${texts.join(", ")} ${language === "ru" ? "и" : "and"} ${last}`;
}

function levelName(level: string, { document }: CompiledProgramme, language: Language): string {
  const name = document.levels[level]?.name;
  return name === undefined ? level : textOf(name)[language];
}

function gain(
  result: RuleResult,
  terms: RuleTerms | undefined,
  programme: CompiledProgramme,
  language: Language,
): string {
  const points = pointsText(result.uncappedCents, language);
  if (result.of !== undefined) {
    const target = programme.rules.get(result.of)?.name[language] ?? result.of;
    return language === "ru" ? `ещё ${points} к «${target}»` : `${points} more on top of “${target}”`;
  }
  const { effect } = terms ?? {};
  if (effect?.kind === "fixed" && effect.forEachKopecks === 0) return points;
  const base = moneyText(result.baseKopecks, language);
  return language === "ru" ? `${points} с ${base}` : `${points} from ${base}`;
}

function cut(result: RuleResult, programme: CompiledProgramme, language: Language): string {
  if (result.cappedBy === undefined) return "";
  const name = programme.caps.get(result.cappedBy)?.name[language] ?? result.cappedBy;
  const given = bareNumber(result.pointsCents, language);
  if (language === "ru")
    return `, ${result.pointsCents === 0 ? "не начислено" : `начислено ${given}`} (предел: ${name})`;
  return `, ${result.pointsCents === 0 ? "none given" : `${given} given`} (limit: ${name})`;
}

/** What one of several funders pays, behind the sentence of the whole rule. */
export function shareOf(
  funder: PartnerId,
  cents: PointsCents,
  programme: CompiledProgramme,
  language: Language,
): string {
  const name = programme.partners.get(funder)?.name[language] ?? funder;
  const points = bareNumber(cents, language);
  return language === "ru" ? `; из них ${points} даёт ${name}` : `; ${points} of them from ${name}`;
}
