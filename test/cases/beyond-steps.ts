import assert from "node:assert/strict";
import { PLAN } from "./programme-yaml.ts";
import { cents, type Stage, type Step, shown, step } from "./stage.ts";
import type { BeyondLedger, MissionDocument } from "./system.ts";

function beyond({ system }: Stage): BeyondLedger {
  assert.ok(system.beyond, `${system.name} knows a ledger only`);
  return system.beyond;
}

export function merges(survivor: string, merged: string): Step {
  return step(`${merged} turns out to be ${survivor}`, (stage) => beyond(stage).merge(survivor, merged));
}

export function comesApart(merged: string): Step {
  return step(`${merged} is somebody else after all`, (stage) => beyond(stage).unmerge(merged));
}

export function erased(member: string): Step {
  return step(`${member} is erased`, (stage) => beyond(stage).erase(member));
}

export function expectGone(member: string): Step {
  return step(`nothing answers for ${member}`, async (stage) => {
    assert.equal(await beyond(stage).isKnown(member), false);
  });
}

/** A mission goes live. Its partner pays for it, unless its document says otherwise. */
export function mission(id: string, document: MissionDocument): Step {
  const whole = {
    name: { ru: id, en: id },
    ...{ ladder: "case", rung: 1, from: "2025-01-01", until: "2025-12-31" },
    funders: { [document.partner]: 1 },
    ...document,
  };
  return step(`${document.partner} posts the mission ${id}`, (stage) => beyond(stage).publish(id, whole));
}

export function subscribes(member: string): Step {
  return step(`${member} buys ${PLAN}`, (stage) => beyond(stage).subscribe(member, PLAN));
}

/** Something that a partner knows of: `did("Anna", "telecom", "number-moved")`. */
export function did(member: string, partner: string, type: string): Step {
  return step(`${partner} tells that ${member} did ${type}`, (stage) =>
    beyond(stage).tell(partner, type, member, `event-${stage.keys++}`),
  );
}

export function expectProgress(member: string, missionId: string, roubles: string): Step {
  return step(`${member} has ${roubles} towards ${missionId}`, async (stage) => {
    assert.equal(shown(await beyond(stage).progress(member, missionId)), shown(cents(roubles)));
  });
}

/** What partners pay the operator for customers won, all of them named. */
export function expectFees(month: string, expected: Readonly<Record<string, string>>): Step {
  return step(`fees of ${month}: ${JSON.stringify(expected)}`, async (stage) => {
    const seen = [...(await beyond(stage).fees(month))].filter(([, kopecks]) => kopecks !== 0);
    const wanted = Object.entries(expected).map(([partner, roubles]) => [partner, shown(cents(roubles))]);
    assert.deepEqual(
      seen.map(([partner, kopecks]) => [partner, shown(kopecks)]),
      wanted,
    );
  });
}

export function expectEnded(
  funder: string,
  month: string,
  says: { readonly expired: string; readonly takenBack: string },
): Step {
  return step(
    `of ${funder}'s points ${says.expired} expired in ${month}, ${says.takenBack} went back`,
    async (stage) => {
      const { expiredCents, takenBackCents } = await beyond(stage).ended(funder, month);
      assert.deepEqual({ expired: shown(expiredCents), takenBack: shown(takenBackCents) }, says);
    },
  );
}
