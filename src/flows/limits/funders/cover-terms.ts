import { alertCents, type Cover } from "#domains/limits/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";

/** What covers a funder now: what it has deposited, or its guarantee; undefined for whom nothing limits. */
export function coverOf(
  programme: CompiledProgramme,
  funder: PartnerId,
  depositedCents: PointsCents | undefined,
): Cover | undefined {
  const partner = programme.partners.get(funder);
  if (partner?.cover === undefined) return undefined;
  const { limitCents, alertBp, guaranteeKopecks } = partner.cover;
  const wholeCents =
    guaranteeKopecks === undefined
      ? (depositedCents ?? 0)
      : Math.floor((guaranteeKopecks * 100) / programme.pointValueKopecks);
  return {
    mode: partner.funding,
    limitCents: limitCents ?? wholeCents,
    alertCents: alertCents(wholeCents, alertBp),
  };
}
