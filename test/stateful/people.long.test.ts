import { test } from "node:test";
import { testLength } from "../engines.ts";
import { livePeople } from "./people.ts";

test("whatever becomes of a few people, for long", (t) => livePeople(t, testLength() === "long" ? 120 : 3));
