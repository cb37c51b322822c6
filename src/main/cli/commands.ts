import type { Command } from "./command.ts";
import { alertDecideCommand, alertListCommand } from "./commands/alert.ts";
import { applyCommand } from "./commands/apply.ts";
import { blockAddCommand, blockLiftCommand, blockListCommand } from "./commands/block.ts";
import { drawVerifyCommand } from "./commands/draw-verify.ts";
import { exportActCommand } from "./commands/export-act.ts";
import { exportOperationsCommand } from "./commands/export-operations.ts";
import { exportSettlementCommand } from "./commands/export-settlement.ts";
import { funderDepositCommand, funderListCommand, funderWithdrawCommand } from "./commands/funder.ts";
import {
  gameApplyCommand,
  gameApproveCommand,
  gameEndCommand,
  gamePauseCommand,
  gamePlanCommand,
  gameResumeCommand,
} from "./commands/game.ts";
import { importMembersCommand } from "./commands/import-members.ts";
import { importProfilesCommand } from "./commands/import-profiles.ts";
import { importReceiptsCommand } from "./commands/import-receipts.ts";
import { importWalletsCommand } from "./commands/import-wallets.ts";
import { keyCreateCommand } from "./commands/key-create.ts";
import { keyListCommand } from "./commands/key-list.ts";
import { keyRevokeCommand } from "./commands/key-revoke.ts";
import { linkCommand } from "./commands/link.ts";
import { migrateCommand } from "./commands/migrate.ts";
import {
  missionApplyCommand,
  missionApproveCommand,
  missionEndCommand,
  missionForecastCommand,
  missionPauseCommand,
  missionPlanCommand,
  missionResumeCommand,
} from "./commands/mission.ts";
import { exportCodesCommand, importOffersCommand, offerCommands } from "./commands/offer.ts";
import { planCommand } from "./commands/plan.ts";
import { settleCommand } from "./commands/settle.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { statusCommand } from "./commands/status.ts";
import { resumeCommand, stopCommand, stopListCommand } from "./commands/stop.ts";
import { upCommand } from "./commands/up.ts";
import { verifyCommand } from "./commands/verify.ts";

/** All commands, in the order of `dolka --help`. A new one is a file in commands/ and a line here. */
export const commands: readonly Command[] = [
  upCommand,
  statusCommand,
  migrateCommand,
  planCommand,
  applyCommand,
  simulateCommand,
  missionPlanCommand,
  missionApplyCommand,
  missionApproveCommand,
  missionPauseCommand,
  missionResumeCommand,
  missionEndCommand,
  missionForecastCommand,
  gamePlanCommand,
  gameApplyCommand,
  gameApproveCommand,
  gamePauseCommand,
  gameResumeCommand,
  gameEndCommand,
  drawVerifyCommand,
  ...offerCommands,
  importReceiptsCommand,
  importMembersCommand,
  importWalletsCommand,
  importProfilesCommand,
  importOffersCommand,
  settleCommand,
  exportActCommand,
  exportSettlementCommand,
  exportOperationsCommand,
  exportCodesCommand,
  funderListCommand,
  funderDepositCommand,
  funderWithdrawCommand,
  stopCommand,
  stopListCommand,
  resumeCommand,
  blockAddCommand,
  blockListCommand,
  blockLiftCommand,
  alertListCommand,
  alertDecideCommand,
  verifyCommand,
  linkCommand,
  keyCreateCommand,
  keyListCommand,
  keyRevokeCommand,
];
