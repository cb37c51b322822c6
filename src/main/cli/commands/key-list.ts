import { type ApiKey, listKeys } from "#domains/access/index.ts";
import { formatInstant } from "#kernel/time.ts";
import { defineCommand } from "../command.ts";

const PAGE = 200;

export const keyListCommand = defineCommand({
  name: "key list",
  summary: "List API keys, newest first",
  usage: "key list [--partner PARTNER] [--all]",
  example: "dolka key list --partner kalitka",
  options: {
    partner: { type: "string", description: "only keys of this partner", placeholder: "PARTNER" },
    all: { type: "boolean", default: false, description: "revoked and expired ones too" },
  },
  async run(context, { values }) {
    const home = await context.openHome();
    try {
      const now = context.clock.now();
      const keys: ApiKey[] = [];
      let before: string | undefined;
      do {
        const page = await listKeys(home, { limit: PAGE, before, partner: values.partner });
        keys.push(...page.items.filter((key) => values.all || stateOf(key, now) === "active"));
        before = page.nextBefore;
      } while (before !== undefined);
      const lines = keys.map((key) =>
        [key.keyId, key.role.padEnd(8), (key.partner ?? "-").padEnd(16), stateOf(key, now).padEnd(8), key.name].join(
          "  ",
        ),
      );
      context.result(
        keys.map((key) => ({ ...keyJson(key), state: stateOf(key, now) })),
        lines.length === 0 ? "There are no keys." : lines.join("\n"),
      );
    } finally {
      await home.close();
    }
  },
});

function stateOf(key: ApiKey, now: number): "active" | "revoked" | "expired" {
  if (key.revokedAt !== undefined) return "revoked";
  return key.expiresAt !== undefined && key.expiresAt <= now ? "expired" : "active";
}

export function keyJson(key: ApiKey): Record<string, unknown> {
  const { keyId, createdAt, expiresAt, revokedAt, ...rest } = key;
  const time = (at: number | undefined) => (at === undefined ? undefined : formatInstant(at));
  return {
    id: keyId,
    ...rest,
    createdAt: time(createdAt),
    expiresAt: time(expiresAt),
    revokedAt: time(revokedAt),
  };
}
