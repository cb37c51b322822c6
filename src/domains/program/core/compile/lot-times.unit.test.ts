import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar } from "#kernel/time.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { compileLot } from "./lot-times.ts";

const moscow = createCalendar("Europe/Moscow");
const at = (text: string) => Date.parse(text.length === 10 ? `${text}T00:00:00+03:00` : `${text}+03:00`);

type Lots = ProgrammeDocument["lots"];
type Case = {
  readonly says: string;
  readonly activation: Lots["activation"];
  readonly expiry: Lots["expiry"];
  readonly earned: string;
  readonly available: string;
  /** The midnight that ends the last day. */
  readonly expires?: string;
};

const CASES: readonly Case[] = [
  {
    says: "at once and for good",
    activation: "none",
    expiry: "never",
    earned: "2026-01-15T12:00:00",
    available: "2026-01-15T12:00:00",
  },
  {
    says: "exact hours",
    activation: "36 hours",
    expiry: "never",
    earned: "2026-01-15T12:00:00",
    available: "2026-01-17T00:00:00",
  },
  {
    says: "the next midnight",
    activation: "1 day",
    expiry: "never",
    earned: "2026-01-15T23:59:59",
    available: "2026-01-16",
  },
  {
    says: "days count from the activation and end with their last day",
    activation: "1 day",
    expiry: { after: "30 days" },
    earned: "2026-01-15T12:00:00",
    available: "2026-01-16",
    expires: "2026-02-16",
  },
  {
    says: "or from the purchase",
    activation: "14 days",
    expiry: { after: "30 days", from: "purchase" },
    earned: "2026-01-15T12:00:00",
    available: "2026-01-29",
    expires: "2026-02-15",
  },
  {
    says: "a month after 31 January is the end of February",
    activation: "none",
    expiry: { after: "1 month" },
    earned: "2026-01-31T12:00:00",
    available: "2026-01-31T12:00:00",
    expires: "2026-03-01",
  },
  {
    says: "a year after 29 February",
    activation: "none",
    expiry: { after: "1 year" },
    earned: "2028-02-29T12:00:00",
    available: "2028-02-29T12:00:00",
    expires: "2029-03-01",
  },
  {
    says: "the end of the month",
    activation: "none",
    expiry: { endOf: "month" },
    earned: "2026-02-28T23:59:59",
    available: "2026-02-28T23:59:59",
    expires: "2026-03-01",
  },
  {
    says: "the end of the third month from now",
    activation: "none",
    expiry: { endOf: "month", plus: "3 months" },
    earned: "2026-11-30T12:00:00",
    available: "2026-11-30T12:00:00",
    expires: "2027-03-01",
  },
  {
    says: "the end of the year in which they begin",
    activation: "1 day",
    expiry: { endOf: "year" },
    earned: "2026-12-31T12:00:00",
    available: "2027-01-01",
    expires: "2028-01-01",
  },
  {
    says: "the end of next year",
    activation: "none",
    expiry: { endOf: "year", plus: "1 year" },
    earned: "2026-05-05T12:00:00",
    available: "2026-05-05T12:00:00",
    expires: "2028-01-01",
  },
];

for (const { says, activation, expiry, earned, available, expires } of CASES) {
  test(`points begin and end: ${says}`, () => {
    const lot = compileLot(0, activation, expiry, moscow);
    const expected = { availableAt: at(available), expiresAt: expires === undefined ? undefined : at(expires) };
    assert.deepEqual({ ...lot.times(at(earned)) }, expected);
    // The answer is kept by day, so another day in between must not disturb it.
    lot.times(at("2026-07-01T12:00:00"));
    assert.deepEqual({ ...lot.times(at(earned)) }, expected);
  });
}
