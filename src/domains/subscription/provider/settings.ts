import { type Static, Type } from "typebox";
import type { Result } from "#kernel/result.ts";
import { SECOND_MS } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { parseSecret } from "#platform/http/signature.ts";
import type { Fault, FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { createHttpProvider } from "./http-provider.ts";
import type { PaymentProvider } from "./provider.ts";
import { createSandbox } from "./sandbox.ts";

/** Which provider takes the money of subscriptions. The first secret signs what is sent, all are known on what comes. */
export type PaymentSettings =
  | { readonly provider: "sandbox" }
  | {
      readonly provider: "http";
      readonly url: string;
      readonly secrets: readonly [Uint8Array, ...Uint8Array[]];
      readonly timeoutMs: number;
      readonly tries: number;
    };

const schema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1" }),
    provider: Type.Union([Type.Literal("sandbox"), Type.Literal("http")], { expected: "sandbox or http" }),
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 500, expected: "an address" })),
    secrets: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, maxItems: 4, expected: "a list of secrets such as whsec_…" }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60, expected: "a whole number of seconds from 1 to 60" }),
    ),
    tries: Type.Optional(Type.Integer({ minimum: 1, maximum: 5, expected: "a whole number from 1 to 5" })),
  },
  { additionalProperties: false, expected: "a set of keys and values" },
);
type File = Static<typeof schema>;

const TIMEOUT_SECONDS = 5;
const TRIES = 3;

/**
 * Reads `payments.yaml` of a home (docs/payments.md). Secrets may come from elsewhere, so that the file holds none.
 * Every fault with its line.
 */
export function readPaymentSettings(
  source: string,
  fileName: string,
  secretsFromElsewhere: readonly string[] = [],
): Result<PaymentSettings, readonly FileFault[]> {
  const secretsOf = (file: File) => (secretsFromElsewhere.length > 0 ? secretsFromElsewhere : (file.secrets ?? []));
  const check = (file: File) => (file.provider === "http" ? faultsOf(file, secretsOf(file)) : []);
  const read = readYaml<File>(source, fileName, schema, (value) => value as File, check);
  if (!read.ok) return read;
  const { provider, url = "", timeoutSeconds = TIMEOUT_SECONDS, tries = TRIES } = read.value;
  if (provider === "sandbox") return { ok: true, value: { provider } };
  const secrets = secretsOf(read.value).map((text) => parseSecret(text) as Uint8Array);
  return {
    ok: true,
    value: {
      ...{ provider, url, tries, timeoutMs: timeoutSeconds * SECOND_MS },
      secrets: secrets as [Uint8Array, ...Uint8Array[]],
    },
  };
}

function faultsOf({ url }: File, secrets: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const add = (path: Fault["path"], message: string) => faults.push({ kind: "meaning", path, message });
  if (url === undefined) add([], 'needs "url": where the gateway\'s adapter listens');
  else if (!isSafeUrl(url)) add(["url"], `expected an https address, or http on this machine, got "${url}"`);
  if (secrets.length === 0) add([], 'needs "secrets", here or in DOLKA_PAYMENT_SECRETS');
  // What a secret is instead is not said: it may be one.
  secrets.forEach((text, i) => {
    if (parseSecret(text) === undefined) add(["secrets", i], "expected whsec_ and 24 bytes or more in base64");
  });
  return faults;
}

/** Orders are signed, not hidden: they leave this machine encrypted only. */
function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.search !== "" || url.hash !== "") return false;
  return (
    url.protocol === "https:" || (url.protocol === "http:" && /^(127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname))
  );
}

export function createProvider(settings: PaymentSettings, clock: Clock): PaymentProvider {
  return settings.provider === "sandbox" ? createSandbox(clock) : createHttpProvider({ ...settings, clock });
}
