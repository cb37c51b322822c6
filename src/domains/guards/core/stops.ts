import type { EpochMs } from "#kernel/time.ts";

/** What a switch stops: all, what happens at a partner, what a partner pays for, what a mission brings. */
export type StopScope = "programme" | "partner" | "funder" | "mission";
export type Stopped = "earning" | "spending";

export type Stop = {
  readonly stopId: number;
  readonly scope: StopScope;
  /** The partner or mission; the programme's id for the programme. */
  readonly subject: string;
  readonly what: Stopped;
  readonly reason: string;
  readonly stoppedBy: string;
  readonly stoppedAt: EpochMs;
  readonly resumedBy?: string;
  readonly resumedAt?: EpochMs;
  readonly resumeReason?: string;
};

/** The stops that stand, as checkout asks for them. */
export type Stops = {
  readonly earning: ReadonlySet<string>;
  readonly spending: ReadonlySet<string>;
  /** Whose points are not given: rules and awards that they pay for, wholly or in part. */
  readonly funders: ReadonlySet<string>;
  readonly missions: ReadonlySet<string>;
};

export const PROGRAMME = "programme";

export function stopsOf(standing: readonly Pick<Stop, "scope" | "subject" | "what">[]): Stops {
  const places = (what: Stopped) =>
    new Set(
      standing
        .filter((stop) => stop.what === what && (stop.scope === "programme" || stop.scope === "partner"))
        .map(({ scope, subject }) => (scope === "programme" ? PROGRAMME : `partner:${subject}`)),
    );
  const subjects = (scope: StopScope) =>
    new Set(standing.filter((stop) => stop.scope === scope).map(({ subject }) => subject));
  return {
    earning: places("earning"),
    spending: places("spending"),
    funders: subjects("funder"),
    missions: subjects("mission"),
  };
}

export const NO_STOPS: Stops = stopsOf([]);

/** Which switch stops it at this partner; undefined when none does. */
export function stopAt(stops: Stops, what: Stopped, partner: string): "programme" | "partner" | undefined {
  const set = stops[what];
  if (set.size === 0) return undefined;
  if (set.has(PROGRAMME)) return "programme";
  return set.has(`partner:${partner}`) ? "partner" : undefined;
}

/** Whether an award is stopped: by its mission, by one of those who pay, by its partner or as everything is. */
export function isAwardStopped(
  stops: Stops,
  award: { readonly partner: string; readonly funders: readonly string[]; readonly mission?: string },
): boolean {
  if (stopAt(stops, "earning", award.partner) !== undefined) return true;
  if (award.mission !== undefined && stops.missions.has(award.mission)) return true;
  return stops.funders.size > 0 && award.funders.some((funder) => stops.funders.has(funder));
}
