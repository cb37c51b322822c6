import type { CompiledProgramme } from "#domains/program/index.ts";
import type { Party, SettlementTerms } from "#domains/settlement/index.ts";
import type { PartnerId } from "#kernel/ids.ts";

/** What a programme version says about settling: who the parties are and what a point is worth. */
export function settlementTerms(programme: CompiledProgramme): SettlementTerms {
  return {
    operator: programme.operator,
    parties: Object.keys(programme.document.partners).map((id) => partyOf(programme, id)),
    pointKopecks: programme.pointValueKopecks,
    redemptionBp: programme.policies.expectedRedemptionBp,
    fees: [],
    feeRules: programme.fees,
  };
}

function partyOf(programme: CompiledProgramme, id: PartnerId): Party {
  const { name, legal } = programme.document.partners[id] ?? { name: id };
  return {
    id,
    title: typeof name === "string" ? { ru: name, en: name } : name,
    ...(legal === undefined
      ? {}
      : {
          legalName: legal.name,
          ...(legal.inn === undefined ? {} : { inn: legal.inn }),
          ...(legal.kpp === undefined ? {} : { kpp: legal.kpp }),
          ...(legal.ogrn === undefined ? {} : { ogrn: legal.ogrn }),
          ...(legal.address === undefined ? {} : { address: legal.address }),
          ...(legal.contract === undefined ? {} : { contract: legal.contract }),
          ...(legal.signatory === undefined ? {} : { signatory: legal.signatory }),
        }),
  };
}
