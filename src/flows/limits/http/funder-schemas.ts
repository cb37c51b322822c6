import { Type } from "typebox";

const cents = (description: string) => Type.Integer({ description });
export const FunderParams = Type.Object({
  partner: Type.String({ description: "The partner whose points they are." }),
});

export const FunderSchema = Type.Object(
  {
    partner: Type.String(),
    funding: Type.Union([Type.Literal("prepaid"), Type.Literal("postpaid")], {
      description: "Of a partner that has left the programme, `postpaid`: it owes what is outstanding.",
    }),
    outstandingCents: cents("With members: pending, active and held. Hundredths of a point."),
    pendingCents: cents("Of them not active yet, as booked: an activation is booked with its member's next operation."),
    unsettledCents: cents("Claims of other partners that no closed month holds."),
    settledCents: cents("Claims that closed months hold."),
    arrearsCents: cents("Owed back to the partner by members."),
    expectedClaimCents: cents("The part of what is outstanding that is expected to be spent."),
    redemptionBp: Type.Integer({ description: "At which rate of redemption, basis points." }),
    issuedCents: cents("Ever given in its name."),
    takenBackCents: cents("Taken back from members by returns and undone missions, not counting what became arrears."),
    expiredCents: cents("Expired."),
    ownRedeemedCents: cents("Spent at the partner itself: nobody has to be paid."),
    depositedCents: Type.Optional(cents("Of a prepaid partner: deposits less withdrawals.")),
    reservedCents: cents("Awards that wait for a top-up."),
    cover: Type.Optional(
      Type.Object(
        {
          state: Type.Union([Type.Literal("ok"), Type.Literal("short"), Type.Literal("stopped")], {
            description: "`short` from its alertAt on; `stopped`: no more points are given in its name.",
          }),
          limitCents: cents("Up to which points are given: the deposits, or the guarantee's stopAt."),
          alertCents: cents("From which it is called short."),
          usedCents: cents(
            "What may have to be paid out of it. Prepaid: outstanding and claims. Postpaid: outstanding and unsettled claims.",
          ),
          leftCents: cents("Below 0 where more was given than is covered: points moved in, a guarantee lowered."),
        },
        { description: "The deposit or the guarantee; absent where nothing limits the partner." },
      ),
    ),
    alert: Type.Optional(
      Type.Object(
        { state: Type.String(), at: Type.String({ format: "date-time" }) },
        { description: "Since when it is in the state that was noticed last." },
      ),
    ),
  },
  { title: "Funder" },
);

export const FUNDER_EXAMPLE = {
  partner: "obereg",
  funding: "prepaid" as const,
  outstandingCents: 1_200_000,
  pendingCents: 150_000,
  unsettledCents: 90_000,
  settledCents: 400_000,
  arrearsCents: 0,
  expectedClaimCents: 960_000,
  redemptionBp: 8_000,
  issuedCents: 1_900_000,
  takenBackCents: 60_000,
  expiredCents: 50_000,
  ownRedeemedCents: 100_000,
  depositedCents: 2_000_000,
  reservedCents: 0,
  cover: {
    state: "short" as const,
    limitCents: 2_000_000,
    alertCents: 1_600_000,
    usedCents: 1_690_000,
    leftCents: 310_000,
  },
  alert: { state: "short", at: "2026-11-20T09:15:00.000Z" },
};

export const DepositSchema = Type.Object(
  {
    kind: Type.Optional(
      Type.Union([Type.Literal("deposit"), Type.Literal("withdrawal")], {
        description: "`deposit` (also a top-up) unless given.",
      }),
    ),
    amountKopecks: Type.Integer({ minimum: 1, maximum: 100_000_000_000_000, description: "Kopecks." }),
    note: Type.Optional(Type.String({ maxLength: 500, description: "For the record: the payment order, the reason." })),
  },
  { additionalProperties: false, title: "DepositRequest" },
);

export const EntrySchema = Type.Object(
  {
    partner: Type.String(),
    entry: Type.Integer({ description: "Number of the entry among the partner's." }),
    kind: Type.Union([Type.Literal("deposit"), Type.Literal("withdrawal")]),
    amountKopecks: Type.Integer(),
    pointsCents: Type.Integer({
      description: "The same in hundredths of a point, at the value of a point at that time.",
    }),
    depositedCents: Type.Integer({ description: "All the partner's entries up to this one." }),
    note: Type.String(),
    by: Type.String({ description: "Who entered it." }),
    at: Type.String({ format: "date-time" }),
  },
  { title: "Deposit" },
);

export const ENTRY_EXAMPLE = {
  partner: "obereg",
  entry: 3,
  kind: "deposit" as const,
  amountKopecks: 50_000_000,
  pointsCents: 50_000_000,
  depositedCents: 120_000_000,
  note: "Payment order 318 of 2026-11-20",
  by: "key_0000000000000001",
  at: "2026-11-20T09:15:00.000Z",
};
