import { isQuantity, percentBp, pointsCentsOf } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import { listOf } from "../shorthand.ts";
import type { Collector } from "./collector.ts";
import { checkWhen, partnersThatFit } from "./conditions.ts";
import { pathInList } from "./rules.ts";

/** Caps, and where points can be spent. */
export function checkLimits(document: ProgrammeDocument, collector: Collector): void {
  for (const id of Object.keys(document.caps)) checkCap(id, document, collector);
  for (const id of Object.keys(document.spending)) checkSpending(id, document, collector);
}

function checkCap(id: string, document: ProgrammeDocument, collector: Collector): void {
  const cap = document.caps[id];
  if (!cap) return;
  const path = ["caps", id];
  const users = cap.on === "spend" ? Object.values(document.spending) : Object.values(document.rules);
  const using = users.filter((user) => cap.appliesTo === "all" || listOf(user.caps).includes(id));
  if (using.length === 0) {
    const noun = cap.on === "spend" ? "spending rule" : "rule";
    collector.add(
      path,
      `no ${noun} uses the cap "${id}"; name it in a ${noun}'s caps, or give it appliesTo: all`,
      "key",
    );
  }
  if (isQuantity("percent", cap.limit) && cap.per !== "receipt") {
    collector.add([...path, "limit"], "a percentage is a limit per receipt; expected points or times");
  }
  if (isQuantity("times", cap.limit) && cap.per === "receipt") {
    collector.add([...path, "limit"], "a receipt is one time; expected points or a percentage");
  }
  if (cap.countedBy !== undefined && cap.per === "receipt") {
    collector.add([...path, "countedBy"], "a receipt is of one place; countedBy goes with longer periods");
  }
  const isBudget = cap.of === "everyone";
  if (isBudget && cap.on === "spend") collector.add([...path, "of"], "a budget limits earning");
  if (isBudget && !isQuantity("points", cap.limit)) collector.add([...path, "limit"], "a budget is of points");
  if (isBudget && cap.per === "receipt")
    collector.add([...path, "per"], "a budget has a period; expected a longer one");
  collector.refer([...path, "partner"], cap.partner, document.partners, "partner");
  collector.refer([...path, "funder"], cap.funder, document.partners, "partner");
  if (cap.funder !== undefined && !isBudget) collector.add([...path, "funder"], "belongs to a budget (of: everyone)");
  if (cap.partner !== undefined && cap.on === "spend")
    collector.add([...path, "partner"], "limits earning; the spending rule says where points are taken");
  if (!isBudget && cap.short !== undefined) collector.add([...path, "short"], "belongs to a budget (of: everyone)");
  if (cap.per !== "campaign") return;
  if (cap.on === "spend")
    collector.add([...path, "per"], "campaigns limit earning; expected another period for spending");
  const withoutCampaign = using.some((user) => !("campaign" in user) || user.campaign === undefined);
  if (withoutCampaign && cap.on !== "spend")
    collector.add([...path, "per"], "every rule under a cap per campaign needs a campaign");
}

function checkSpending(id: string, document: ProgrammeDocument, collector: Collector): void {
  const rule = document.spending[id];
  if (!rule) return;
  const path = ["spending", id];
  checkWhen([...path, "when"], rule.when, document, collector);
  collector.refer([...path, "caps"], rule.caps, document.caps, "cap");
  listOf(rule.caps).forEach((cap, i) => {
    if (Object.hasOwn(document.caps, cap) && document.caps[cap]?.on !== "spend") {
      collector.add(
        pathInList([...path, "caps"], rule.caps, i),
        `"${cap}" limits earning; expected a cap with on: spend`,
      );
    }
  });
  if (percentBp(rule.largestShare) > 10_000) collector.add([...path, "largestShare"], "expected at most 100%");
  if (rule.step !== undefined && pointsCentsOf(rule.step) === 0)
    collector.add([...path, "step"], "expected points above 0");
  const partners = partnersThatFit(rule.when, document);
  if (partners.length > 0 && partners.every((partner) => document.partners[partner]?.canRedeem === false)) {
    collector.add([...path, "when"], `no points are taken here: ${partners.join(", ")} has canRedeem: false`);
  }
}
