import { randomBytes } from "node:crypto";
import { type CreateKeyFailure, createKey, ROLES, type Role } from "#domains/access/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { formatInstant, parseInstant } from "#kernel/time.ts";
import { type CommandFailure, defineCommand, failure } from "../command.ts";

export const keyCreateCommand = defineCommand({
  name: "key create",
  summary: "Make an API key; it is shown this once",
  usage: "key create --role ROLE --name NAME [--partner PARTNER] [--expires TIME]",
  example: 'dolka key create --role till --partner kalitka --name "Tills of Kalitka, south"',
  options: {
    role: { type: "string", description: ROLES.join(", "), placeholder: "ROLE" },
    name: { type: "string", description: "what it is for, to recognise it later", placeholder: "NAME" },
    partner: { type: "string", description: "the partner it acts for (till and partner only)", placeholder: "PARTNER" },
    expires: {
      type: "string",
      description: "when it ends, as 2026-12-31T00:00:00+03:00 (default: never)",
      placeholder: "TIME",
    },
  },
  async run(context, { values }) {
    const role = roleOf(values.role);
    if (values.name === undefined || values.name.trim() === "") throw failure.badUsage("--name is needed.");
    const expiresAt = expiryOf(values.expires);
    const home = await context.openHome();
    try {
      const { pool } = home;
      const { clock } = context;
      const programmes = await loadProgrammes({ pool, clock });
      const made = await createKey(
        { pool, clock, random: randomBytes, isPartner: (partner) => programmes.latest?.partners.has(partner) === true },
        {
          role,
          name: values.name,
          ...(values.partner === undefined ? {} : { partner: values.partner }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        },
      );
      if (!made.ok) throw refused(made.failure);
      const { key, secret } = made.value;
      context.result(
        { id: key.keyId, role, partner: values.partner, name: key.name, key: secret },
        `${secret}\n\nMade ${key.keyId} (${role}${values.partner === undefined ? "" : ` of ${values.partner}`}${
          expiresAt === undefined ? "" : `, until ${formatInstant(expiresAt)}`
        }). The key is not kept and can't be shown again.`,
      );
    } finally {
      await home.close();
    }
  },
});

function roleOf(text: string | undefined): Role {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw failure.badUsage(`--role takes one of ${ROLES.join(", ")}.`);
  return role;
}

function expiryOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = parseInstant(text);
  if (at === undefined) {
    throw failure.badUsage(`--expires takes a time such as 2026-12-31T00:00:00+03:00, not '${text}'.`);
  }
  return at;
}

function refused(reason: CreateKeyFailure): CommandFailure {
  switch (reason.code) {
    case "key-needs-partner":
      return failure.refused(`A key of the role ${reason.role} acts for one partner: name it with --partner.`, reason);
    case "key-without-partner":
      return failure.refused(`The role ${reason.role} is for the operator's own people and has no partner.`, reason);
    case "key-expired":
      return failure.refused("The key would have expired already.", reason);
    case "unknown-partner":
      return failure.refused(`The programme has no partner "${reason.value}".`, reason);
  }
}
