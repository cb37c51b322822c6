import { case21 } from "./funder-cases.ts";
import { case16 } from "./mission-cases.ts";
import { case13, case19 } from "./people-cases.ts";
import { case3, case14, case15, case20, case23 } from "./pricing-cases.ts";
import type { ReferenceCase } from "./reference-case.ts";
import { case4, case5, case6, case7, case8, case22 } from "./return-cases.ts";
import { case12, case17, case18, case24, case25 } from "./settlement-cases.ts";
import { case1, case2, case9, case10, case11 } from "./spending-cases.ts";

/** All 25, by number. */
export const ALL_CASES: readonly ReferenceCase[] = [
  ...[case1, case2, case3, case4, case5, case6, case7, case8, case9, case10, case11, case12, case13],
  ...[case14, case15, case16, case17, case18, case19, case20, case21, case22, case23, case24, case25],
];
