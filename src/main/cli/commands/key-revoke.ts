import { revokeKey } from "#domains/access/index.ts";
import { formatInstant } from "#kernel/time.ts";
import { defineCommand, failure } from "../command.ts";
import { keyJson } from "./key-list.ts";

export const keyRevokeCommand = defineCommand({
  name: "key revoke",
  summary: "Revoke an API key: it is refused within a second",
  usage: "key revoke ID",
  example: "dolka key revoke key_01k9m2x7vq4c8nrtw",
  options: {},
  async run(context, { positionals }) {
    const [keyId, ...rest] = positionals;
    if (keyId === undefined || rest.length > 0) throw failure.badUsage("key revoke takes the id of one key.");
    const home = await context.openHome();
    try {
      const revoked = await revokeKey({ pool: home.pool, clock: context.clock }, { keyId });
      if (!revoked.ok) throw failure.refused(`There is no key ${keyId}. \`dolka key list --all\` lists them.`);
      const { name, revokedAt = 0 } = revoked.value;
      context.result(keyJson(revoked.value), `${keyId} (${name}) is revoked since ${formatInstant(revokedAt)}.`);
    } finally {
      await home.close();
    }
  },
});
