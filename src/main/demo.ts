import { applyDemoProgramme } from "./demo/apply-demo-programme.ts";
import { enterDemoDeposits } from "./demo/enter-demo-deposit.ts";
import { fillDemoCity } from "./demo/fill-demo-city.ts";
import { makeDemoKeys } from "./demo/make-demo-keys.ts";
import { openDemoGames } from "./demo/open-demo-games.ts";
import { openDemoMissions } from "./demo/open-demo-missions.ts";
import type { DemoStep } from "./demo/step.ts";
import { subscribeMembers } from "./demo/subscribe-members.ts";

export type { DemoContext, DemoStep } from "./demo/step.ts";

/** What a new home gets, in this order, after the migrations and before the API starts. */
export const demoSteps: readonly DemoStep[] = [
  applyDemoProgramme,
  makeDemoKeys,
  enterDemoDeposits,
  fillDemoCity,
  subscribeMembers,
  openDemoGames,
  openDemoMissions,
];
