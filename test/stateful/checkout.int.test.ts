import { testTruthsOnCheckout } from "./truths-on-checkout.ts";

/** Under a minute together; checkout.long.test.ts looks longer. */
await testTruthsOnCheckout(18);
