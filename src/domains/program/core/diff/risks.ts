import type { ProgrammeDocument } from "../document/schema.ts";
import { listOf } from "../document/shorthand.ts";
import type { Change } from "./diff.ts";

/** What an operator should know before a change is applied; undefined for changes that mean just what they say. */
export function riskOf(change: Change, a: ProgrammeDocument, b: ProgrammeDocument): string | undefined {
  const [section = "", id = "", key = ""] = change.path.split("/");
  if (section === "programme") return PROGRAMME[id];
  if (key === "") return ofWhole(change.kind, section, id, a);
  return ofPart(change, section, id, key, a, b);
}

const PROGRAMME: Readonly<Record<string, string>> = {
  timeZone: "business days begin at another moment: caps, expiries and months of settlement shift",
  pointValue: "points that members hold are worth another sum from then on",
  operator: "fees and compensation by the operator go to another entity from then on",
};

const KEEP = "late receipts and returns keep the version of their own time";

function ofWhole(kind: Change["kind"], section: string, id: string, a: ProgrammeDocument): string | undefined {
  if (kind !== "removed") return undefined;
  switch (section) {
    case "stores":
      return `receipts of this store are refused from then on; ${KEEP}`;
    case "partners":
      return "its points stay spendable and it stays in the settlement until they are spent or expired";
    case "brands":
      return "its stores must belong to another brand";
    case "categories":
      return `receipts that name it are refused from then on; ${KEEP}`;
    case "levels":
      return "members who have it count as the lowest level";
    case "subscriptions":
    case "boosts":
      return "members who have it get nothing for it any more";
    case "caps":
      return `nothing limits ${rulesUnder(id, a)} this way any more; use of the cap so far is forgotten`;
    case "spending":
      return "points may no longer be taken where only this rule allowed it; open holds stay valid";
    case "velocity":
      return "nothing watches for it any more; points held for review wait for their decision all the same";
    case "cardFeeds":
      return "the bank's card payments are refused from then on; what they earned stays";
    case "fees":
      return "nobody pays it from the month that is open then";
    case "rules":
      return "members no longer earn by it; boosts won for it give nothing";
    default:
      return undefined;
  }
}

function rulesUnder(cap: string, a: ProgrammeDocument): string {
  const users = [...Object.entries(a.rules), ...Object.entries(a.spending)].filter(([, rule]) =>
    listOf(rule.caps).includes(cap),
  );
  if (a.caps[cap]?.appliesTo === "all") return "all rules";
  return users.map(([id]) => id).join(", ") || "anything";
}

/** `funding` as a whole, or one of its keys. */
function ofFunding(kind: Change["kind"], to: unknown, part: string | undefined): string | undefined {
  const mode = part === undefined ? (to as { mode?: string } | undefined)?.mode : part === "mode" ? to : undefined;
  if (mode === "prepaid")
    return "points are given in its name only out of its deposit: enter one before it takes effect";
  if (kind === "removed" && (part === undefined || part === "guarantee"))
    return "nothing limits what it may owe any more";
  if (part === "guarantee" || part === "stopAt")
    return "points beyond it are given no more; what was given stays, and may be above it";
  return undefined;
}

function ofPart(
  { path, kind, from, to }: Change,
  section: string,
  id: string,
  key: string,
  a: ProgrammeDocument,
  b: ProgrammeDocument,
): string | undefined {
  if (section === "partners" && key === "canRedeem" && to === false)
    return "points are no longer taken there; open holds stay valid";
  if (section === "partners" && key === "canFund" && to === false)
    return "it can't fund new points; what it funded stays its debt";
  if (section === "partners" && key === "funding") return ofFunding(kind, to, path.split("/")[3]);
  if (section === "stores" && key === "brand") {
    const before = a.brands[a.stores[id]?.brand ?? ""]?.partner;
    const after = b.brands[b.stores[id]?.brand ?? ""]?.partner;
    return before === after
      ? undefined
      : `the store moves from partner ${before} to ${after}: receipts must name ${after}`;
  }
  if (section === "stores" && key === "timeZone") return "hours and weekdays of the store's rules shift";
  if (section === "rules" && key === "funders")
    return "others pay from then on; points already earned keep their funders";
  if (section === "caps" && (key === "funder" || key === "partner"))
    return "what was used of it so far was counted otherwise";
  if (section === "caps" && key === "per") return "use of the cap so far is counted anew";
  if (section === "caps" && kind === "changed" && key === "countedBy") return "use of the cap so far is counted anew";
  if (section === "favourites" && kind !== "added") {
    return "members who have chosen it for a month earn by the new list from then on, in that month too";
  }
  if (section === "levels" && key === "favourites" && typeof from === "number" && typeof to === "number" && to < from) {
    return "members who chose more keep their choice until the month ends";
  }
  return undefined;
}
