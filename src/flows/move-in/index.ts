export { type CompareDeps, type CompareReport, compareWallets } from "./compare-wallets.ts";
export { importMembers, type MembersReport } from "./import-members.ts";
export { importWallets, type WalletsFailure, type WalletsReport } from "./import-wallets.ts";
export {
  createRegisterDeps,
  type RegisterDeps,
  type Registered,
  type Registration,
  registerMembers,
} from "./register-members.ts";
