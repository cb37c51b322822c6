export { type SweepDeps, type SweepOptions, type SweepReport, sweepWallets } from "./sweep-wallets.ts";
