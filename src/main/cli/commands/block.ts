import { userInfo } from "node:os";
import { listBlocks } from "#domains/guards/index.ts";
import { createIdentifierKeys, IDENTIFIER_KINDS } from "#domains/identity/index.ts";
import { createSubjectKeys } from "#flows/checkout/index.ts";
import { type BlockSubject, block, lift, renderBlock } from "#flows/guards/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { parseInstant } from "#kernel/time.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { defineCommand, failure } from "../command.ts";

const WHO = {
  reason: { type: "string", description: "why, for the record; tills are not told", placeholder: "TEXT" },
  by: { type: "string", description: "who, for the record (default: the user of the system)", placeholder: "NAME" },
} as const;
const MOST_LISTED = 200;

export const blockAddCommand = defineCommand({
  name: "block add",
  summary: "Block a member, a card or phone, a cashier, a device, a payment card, a store or a partner",
  usage: `block add member|cashier|device|payment-card|store|partner|${IDENTIFIER_KINDS.join("|")} WHO --reason TEXT [--from TIME] [--until TIME] [--by NAME]`,
  example: 'dolka block add cashier kalitka/17 --reason "Own card on strangers\' receipts"',
  options: {
    ...WHO,
    from: { type: "string", description: "from when on (default: now), RFC 3339", placeholder: "TIME" },
    until: {
      type: "string",
      description: "until when, exclusive (default: until lifted), RFC 3339",
      placeholder: "TIME",
    },
  },
  async run(context, { positionals, values }) {
    const [kind, who, ...rest] = positionals;
    if (kind === undefined || who === undefined || rest.length > 0)
      throw failure.badUsage("Name one kind and one of it.");
    const subject = subjectOf(kind, who);
    if (!values.reason) throw failure.badUsage("--reason is needed: whoever lifts it wants to know.");
    const from = timeOf("from", values.from) ?? context.clock.now();
    const until = timeOf("until", values.until);
    if (until !== undefined && until <= from) throw failure.badUsage("--until is later than --from.");
    const home = await context.openHome();
    try {
      const secret = identifierSecret(context.home);
      const keys = { identifierKey: createIdentifierKeys(secret), subjectKey: createSubjectKeys(secret) };
      const made = await block(
        { pool: home.pool, clock: context.clock, ...keys },
        {
          ...{ subject, reason: values.reason, blockedBy: values.by ?? userInfo().username, from },
          ...(until === undefined ? {} : { until }),
        },
      );
      const shown = renderBlock(made.block);
      context.result(shown, `${made.isNew ? "Blocked" : "Blocked already"}: ${textOf(shown)}`);
    } finally {
      await home.close();
    }
  },
});

export const blockListCommand = defineCommand({
  name: "block list",
  summary: "Who is blocked: since when, by whom, why",
  usage: "block list [--all]",
  example: "dolka block list",
  options: { all: { type: "boolean", default: false, description: "those that have ended, too" } },
  async run(context, { values }) {
    const home = await context.openHome();
    try {
      const page = { limit: MOST_LISTED, now: context.clock.now() };
      const blocks = await listBlocks(home.pool, values.all ? page : { ...page, isStanding: true });
      const shown = blocks.map(renderBlock);
      context.result(shown, shown.length === 0 ? "Nobody is blocked." : shown.map(textOf).join("\n"));
    } finally {
      await home.close();
    }
  },
});

export const blockLiftCommand = defineCommand({
  name: "block lift",
  summary: "Lift a block; it stays on record",
  usage: "block lift BLOCK --reason TEXT [--by NAME]",
  example: 'dolka block lift blk_4 --reason "It was the store\'s shared phone"',
  options: WHO,
  async run(context, { positionals, values }) {
    const [text, ...rest] = positionals;
    const digits = text?.replace(/^blk_/, "");
    if (digits === undefined || !/^[1-9]\d{0,14}$/.test(digits) || rest.length > 0) {
      throw failure.badUsage("Give the block's number, as `dolka block list` shows it.");
    }
    if (!values.reason) throw failure.badUsage("--reason is needed, for the record.");
    const home = await context.openHome();
    try {
      const request = { blockId: Number(digits), by: values.by ?? userInfo().username, reason: values.reason };
      const lifted = await lift({ pool: home.pool, clock: context.clock }, request);
      if (lifted === undefined) throw failure.refused(`There is no block ${text}.`);
      const shown = renderBlock(lifted);
      context.result(shown, `Lifted: ${textOf(shown)}`);
    } finally {
      await home.close();
    }
  },
});

/** `cashier kalitka/17`, `member mem_...`, `card 2200 0000 0000 0017`: an identifier is blocked as it is shown. */
function subjectOf(kind: string, who: string): BlockSubject {
  if (kind === "member") {
    const id = memberIds.parse(who);
    if (id === undefined) throw failure.badUsage(`Expected a member's id, mem_..., not '${who}'.`);
    return { by: "member", member: { by: "id", id } };
  }
  if (kind === "cashier") {
    const [partner = "", cashier = "", ...rest] = who.split("/");
    if (partner === "" || cashier === "" || rest.length > 0) {
      throw failure.badUsage("A cashier is named with its partner: kalitka/17.");
    }
    return { by: "cashier", partner, cashier };
  }
  if (kind === "device" || kind === "payment-card" || kind === "store" || kind === "partner") {
    return { by: kind, value: who };
  }
  if (IDENTIFIER_KINDS.some((each) => each === kind)) {
    return { by: "member", member: { by: "identifier", kind, value: who } };
  }
  throw failure.badUsage(
    `'${kind}' can't be blocked: member, cashier, device, payment-card, store, partner, ${IDENTIFIER_KINDS.join(", ")}.`,
  );
}

function timeOf(name: string, text: string | undefined): number | undefined {
  const at = text === undefined ? undefined : parseInstant(text);
  if (text !== undefined && at === undefined) {
    throw failure.badUsage(`--${name} is a time such as 2026-12-01T00:00:00+03:00, not '${text}'.`);
  }
  return at;
}

function textOf(shown: ReturnType<typeof renderBlock>): string {
  const { kind, subject, reason, blockedBy, from, until, liftedAt } = shown;
  const end = liftedAt === undefined ? (until === undefined ? "" : ` until ${until}`) : `, lifted ${liftedAt}`;
  return `${shown.block}  ${kind}${subject === undefined ? "" : ` ${subject}`} from ${from}${end}, by ${blockedBy}: ${reason}`;
}
