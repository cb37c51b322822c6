import type { Command } from "./command.ts";
import { applyCommand } from "./commands/apply.ts";
import { importMembersCommand } from "./commands/import-members.ts";
import { importReceiptsCommand } from "./commands/import-receipts.ts";
import { importWalletsCommand } from "./commands/import-wallets.ts";
import { linkCommand } from "./commands/link.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { planCommand } from "./commands/plan.ts";
import { statusCommand } from "./commands/status.ts";
import { upCommand } from "./commands/up.ts";
import { verifyCommand } from "./commands/verify.ts";

/** All commands, in the order of `dolka --help`. A new one is a file in commands/ and a line here. */
export const commands: readonly Command[] = [
  upCommand,
  statusCommand,
  migrateCommand,
  planCommand,
  applyCommand,
  importReceiptsCommand,
  importMembersCommand,
  importWalletsCommand,
  verifyCommand,
  linkCommand,
];
