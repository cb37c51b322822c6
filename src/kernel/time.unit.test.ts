import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addMonths,
  createCalendar,
  DAY_MS,
  formatDay,
  formatMonth,
  lastDayOf,
  monthOf,
  parseDay,
  parseInstant,
  parseMonth,
  weekdayOf,
} from "./time.ts";

const at = (text: string): number => Date.parse(text);

test("a business day begins at midnight in the programme's zone, and an evening in Moscow is a morning in Vladivostok", () => {
  const moscow = createCalendar("Europe/Moscow");
  const vladivostok = createCalendar("Asia/Vladivostok");
  const day = moscow.dayOf(at("2026-07-31T23:59:59+03:00"));
  assert.equal(formatDay(day), "2026-07-31");
  const expiry = moscow.startOf(day + 1);
  assert.equal(expiry, at("2026-08-01T00:00:00+03:00"));
  assert.equal(formatDay(vladivostok.dayOf(expiry - 1)), "2026-08-01");
  assert.equal(vladivostok.minuteOfDay(expiry - 1), 6 * 60 + 59);
});

test("days are right around a change of clocks, and in years before Moscow gave it up", () => {
  for (const zone of ["America/New_York", "Europe/Moscow", "Asia/Kathmandu", "Australia/Lord_Howe"]) {
    const calendar = createCalendar(zone);
    for (let day = Date.UTC(2009, 0, 1) / DAY_MS; day < Date.UTC(2012, 0, 1) / DAY_MS; day++) {
      const start = calendar.startOf(day);
      assert.equal(calendar.dayOf(start), day, `${zone} ${formatDay(day)}`);
      assert.equal(calendar.dayOf(start - 1), day - 1, `${zone} ${formatDay(day)}`);
    }
  }
});

test("months add to the same day, or to the last one of a shorter month", () => {
  const day = parseDay("2027-01-31") as number;
  assert.equal(formatDay(addMonths(day, 1)), "2027-02-28");
  assert.equal(formatDay(addMonths(day, 13)), "2028-02-29");
  assert.equal(formatMonth(monthOf(day)), "2027-01");
  assert.equal(formatDay(lastDayOf(parseMonth("2028-02") as number)), "2028-02-29");
  assert.equal(weekdayOf(day), 7);
});

test("only real days and times are read", () => {
  for (const text of ["2026-02-30", "2026-13-01", "2026-1-1", "20260101", ""]) assert.equal(parseDay(text), undefined);
  for (const text of [
    "2026-02-30T10:00:00Z",
    "2026-02-01T25:00:00Z",
    "2026-02-01T10:00:60Z",
    "2026-02-01 10:00:00Z",
    "2026-02-01T10:00:00",
  ]) {
    assert.equal(parseInstant(text), undefined, text);
  }
  assert.equal(parseInstant("2026-02-01T10:00:00.5+03:00"), at("2026-02-01T07:00:00.500Z"));
});
