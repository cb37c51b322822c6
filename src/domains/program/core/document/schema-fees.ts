import { Type } from "typebox";
import { choice, closed, id, name, oneOrMany, quantity, quantityOf } from "./schema-parts.ts";

export const fee = Type.Object(
  {
    name: name("What stands on the act."),
    charge: quantityOf(["percent", "money"], [], "A share of what `of` names, or a fixed sum a month."),
    of: Type.Optional(
      choice(
        ["issued", "redeemed"],
        "With a share. `issued`: the points that the partner gave in the month, less what returns took back. `redeemed`: points of others that were spent at its tills, less what was given back.",
      ),
    ),
    partners: Type.Optional(oneOrMany(id("A partner."), "Who pays it; every partner but the operator unless given.")),
    atLeast: Type.Optional(quantity("money", "With a share: the least a month.")),
  },
  { ...closed, description: "What partners pay the operator for the programme, by the month, beside points." },
);
