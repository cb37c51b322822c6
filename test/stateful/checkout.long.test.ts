import { testLength } from "../engines.ts";
import { testTruthsOnCheckout } from "./truths-on-checkout.ts";

await testTruthsOnCheckout(testLength() === "long" ? 240 : 30);
