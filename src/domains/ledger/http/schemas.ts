import { type Static, type TSchema, Type } from "typebox";
import type { LotNow, WalletNow } from "../index.ts";
import type { OperationView } from "./ledger-reads.ts";

const cents = (description: string) => Type.Integer({ description: `${description} Hundredths of a point.` });
const instant = (description: string) => Type.String({ format: "date-time", description });

export const WalletNowSchema = Type.Object(
  {
    member: Type.String(),
    activeCents: cents("Can be spent now."),
    pendingCents: cents("Earned and not active yet."),
    heldCents: cents("Set aside by holds."),
    arrearsCents: cents("Owed back by the member."),
    arrears: Type.Array(Type.Object({ funder: Type.String(), cents: cents("Owed to this funder.") })),
    nextExpiry: Type.Optional(
      Type.Object({
        at: instant("Exclusive."),
        lastDay: Type.String({ format: "date", description: "The last day on which they can be spent." }),
        cents: cents("What expires then."),
      }),
    ),
    nextActivation: Type.Optional(Type.Object({ at: instant("When."), cents: cents("What becomes active then.") })),
    lastOperation: Type.Integer({ description: "Number of the member's last operation." }),
    asOf: instant("The instant that all of this is true at."),
  },
  { title: "WalletNow" },
);

const MovementSchema = Type.Object(
  {
    from: Type.String({
      description: "`obligation`, `pending`, `active`, `held`, `redeemed`, `expired` or `arrears`.",
    }),
    to: Type.String(),
    funder: Type.String({ description: "Who pays for these points." }),
    redeemer: Type.Optional(Type.String({ description: "Where they were spent." })),
    cents: cents("How much moved."),
  },
  { title: "Movement" },
);

export const OperationSchema = Type.Object(
  {
    operation: Type.String({ description: "`op_…`" }),
    kind: Type.String({ description: "`purchase`, `return`, `hold`, `capture`, `void`, `expiry`, `award`, …" }),
    partner: Type.String(),
    at: instant("The operation's own time."),
    postedAt: instant("When it was booked."),
    accountingDay: Type.String({ format: "date" }),
    receiptId: Type.Optional(Type.String()),
    cites: Type.Optional(Type.String({ description: "The operation that this one returns, captures or voids." })),
    earned: cents("Earned."),
    spent: cents("Spent."),
    expired: cents("Expired."),
    held: cents("Set aside."),
    takenBack: cents("Taken back by a return."),
    givenBack: cents("Given back by a return."),
    arrears: cents("New debt."),
    recovered: cents("Old debt that was paid."),
    movements: Type.Array(MovementSchema),
  },
  { title: "Operation" },
);

export const LotSchema = Type.Object(
  {
    id: Type.String({ description: "`lot_…`" }),
    funder: Type.String({ description: "Who pays when these points are spent." }),
    state: Type.Enum(["pending", "active", "closed"]),
    earnedAt: instant("When they were earned."),
    availableAt: Type.Optional(instant("From when they can be spent; absent while they wait for a decision.")),
    isUnderReview: Type.Optional(Type.Literal(true, { description: "They are pending until somebody decides." })),
    expiresAt: Type.Optional(instant("Exclusive; absent when they never expire.")),
    lastDay: Type.Optional(Type.String({ format: "date", description: "The last day on which they can be spent." })),
    amount: cents("At first."),
    remaining: cents("Left."),
    held: cents("Set aside."),
    spent: cents("Spent."),
    expired: cents("Expired."),
    takenBack: cents("Taken back by returns."),
  },
  { title: "Lot" },
);

export const WALLET_EXAMPLE: WalletNow = {
  member: "mem_0000000019j",
  activeCents: 125_000,
  pendingCents: 3_014,
  heldCents: 0,
  arrearsCents: 0,
  arrears: [],
  nextExpiry: { at: "2026-06-30T21:00:00.000Z", lastDay: "2026-06-30", cents: 40_000 },
  nextActivation: { at: "2026-03-10T21:00:00.000Z", cents: 3_014 },
  lastOperation: 10,
  asOf: "2026-03-04T09:35:00.000Z",
};

export const OPERATION_EXAMPLE: OperationView = {
  operation: "op_0000000019j00000a",
  kind: "purchase",
  partner: "kalitka",
  at: "2026-03-04T09:34:56.000Z",
  postedAt: "2026-03-04T09:34:57.120Z",
  accountingDay: "2026-03-04",
  receiptId: "rcp_5m2vq8z0c4t7x1nrhw9kd3efag",
  earned: 3_014,
  spent: 0,
  expired: 0,
  held: 0,
  takenBack: 0,
  givenBack: 0,
  arrears: 0,
  recovered: 0,
  movements: [
    { from: "obligation", to: "pending", funder: "dolka-operator", cents: 2_150 },
    { from: "obligation", to: "pending", funder: "kalitka", cents: 864 },
  ],
};

export const LOT_EXAMPLE: LotNow = {
  id: "lot_0000000019j00000a0000",
  funder: "kalitka",
  state: "pending",
  earnedAt: "2026-03-04T09:34:56.000Z",
  availableAt: "2026-03-10T21:00:00.000Z",
  expiresAt: "2026-09-30T21:00:00.000Z",
  lastDay: "2026-09-30",
  amount: 864,
  remaining: 864,
  held: 0,
  spent: 0,
  expired: 0,
  takenBack: 0,
};

type Unsaid<View, Schema extends TSchema> = Exclude<keyof View, keyof Static<Schema>>;
type Nothing<Fields extends never> = Fields;
/** Compiles only while every field that the reads give is in its schema: others would be left out of what is sent. */
export type EverythingIsSaid = Nothing<
  | Unsaid<WalletNow, typeof WalletNowSchema>
  | Unsaid<OperationView, typeof OperationSchema>
  | Unsaid<LotNow, typeof LotSchema>
>;
