import { test } from "node:test";
import { livePeople } from "./people.ts";

test("whatever becomes of a few people (bought, held, brought back, moved, merged, taken apart, erased), the ledger's truths hold", (t) =>
  livePeople(t, 5));
