import { type Static, Type } from "typebox";
import {
  type AttributeRule,
  DEFAULT_GUARDS,
  DEFAULT_STRATEGIES,
  type Guards,
  normaliseIdentifier,
  type Strategies,
} from "#domains/identity/index.ts";
import type { Result } from "#kernel/result.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";

const closed = { additionalProperties: false, expected: "a set of keys and values" };
const whole = Type.Integer({ minimum: 1, expected: "a whole number, 1 or more" });
const text = Type.String({ minLength: 1, expected: "a text" });
const share = Type.Number({ minimum: 0, maximum: 1, expected: "a probability from 0 to 1" });
const strategy = Type.Union(
  [
    Type.Literal("newest"),
    Type.Literal("longest"),
    Type.Literal("most-frequent"),
    Type.Object({ trust: Type.Array(text) }, closed),
  ],
  { expected: "newest, longest, most-frequent, or {trust: [partners, the most trusted first]}" },
);

/** identity.yaml of a home: guards, strategies of the golden record, rules of inferred attributes. All parts may be left out. */
const schema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1" }),
    guards: Type.Optional(
      Type.Object(
        {
          most: Type.Optional(Type.Record(Type.String(), whole)),
          mostMerges: Type.Optional(whole),
          blocked: Type.Optional(Type.Array(Type.Object({ kind: text, value: text }, closed))),
          phoneOfAnother: Type.Optional(
            Type.Union([Type.Literal("review"), Type.Literal("move")], { expected: "review or move" }),
          ),
        },
        closed,
      ),
    ),
    golden: Type.Optional(
      Type.Object(
        {
          ...{ name: Type.Optional(strategy), birthDate: Type.Optional(strategy), gender: Type.Optional(strategy) },
          ...{ address: Type.Optional(strategy), phone: Type.Optional(strategy), email: Type.Optional(strategy) },
        },
        closed,
      ),
    ),
    linkage: Type.Optional(
      Type.Object(
        {
          nightlyAt: Type.Optional(
            Type.Union([Type.String({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$" }), Type.Literal("never")], {
              expected: 'a time of day such as "03:00", or never',
            }),
          ),
          mergeFrom: Type.Optional(share),
          reviewFrom: Type.Optional(share),
          leastMembers: Type.Optional(whole),
          mostReviews: Type.Optional(whole),
        },
        closed,
      ),
    ),
    attributes: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[a-z][a-z0-9-]*$" }),
        Type.Object(
          {
            categories: Type.Array(text, { minItems: 1 }),
            enough: whole,
            halfLifeDays: whole,
            leastBp: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
);

/** How the stored profiles are linked (docs/identity.md). */
export type LinkageSettings = {
  /** Minutes after midnight in the programme's zone; undefined: only when asked. */
  readonly nightlyAtMinute: number | undefined;
  /** The estimated thresholds are never taken lower than these probabilities. */
  readonly mergeFrom: number;
  readonly reviewFrom: number;
  /** Among fewer members the estimates are too rough to merge by: everything found goes to a person. */
  readonly leastMembers: number;
  /** Pairs that one run gives to people, the likeliest first. */
  readonly mostReviews: number;
};

export const DEFAULT_LINKAGE: LinkageSettings = {
  nightlyAtMinute: 180,
  mergeFrom: 0.99,
  reviewFrom: 0.5,
  leastMembers: 1_000,
  mostReviews: 10_000,
};

export type IdentitySettings = {
  readonly linkage: LinkageSettings;
  readonly guards: Guards;
  readonly strategies: Strategies;
  readonly attributeRules: readonly AttributeRule[];
};

export const DEFAULT_IDENTITY: IdentitySettings = {
  linkage: DEFAULT_LINKAGE,
  guards: DEFAULT_GUARDS,
  strategies: DEFAULT_STRATEGIES,
  attributeRules: [],
};

const LEAST_BP = 3_000;

export function readIdentitySettings(source: string, fileName: string): Result<IdentitySettings, readonly FileFault[]> {
  return readYaml(source, fileName, schema, (value) => toSettings(value as Static<typeof schema>));
}

function toSettings(value: Static<typeof schema>): IdentitySettings {
  const { guards = {}, golden = {}, attributes = {}, linkage = {} } = value;
  const { nightlyAt, ...thresholds } = linkage;
  const blocked = guards.blocked?.map(({ kind, value: each }) => ({ kind, value: normaliseIdentifier(kind, each) }));
  const strategies = Object.entries(golden).map(([field, by]) => [
    field,
    typeof by === "string" ? { by } : { by: "trust", partners: by?.trust ?? [] },
  ]);
  return {
    linkage: {
      ...DEFAULT_LINKAGE,
      ...thresholds,
      ...(nightlyAt === undefined ? {} : { nightlyAtMinute: minuteOf(nightlyAt) }),
    },
    guards: {
      ...DEFAULT_GUARDS,
      ...(guards.mostMerges === undefined ? {} : { mostMerges: guards.mostMerges }),
      ...(guards.phoneOfAnother === undefined ? {} : { phoneOfAnother: guards.phoneOfAnother }),
      ...(blocked === undefined ? {} : { blocked }),
      most: { ...DEFAULT_GUARDS.most, ...guards.most },
    },
    strategies: { ...DEFAULT_STRATEGIES, ...(Object.fromEntries(strategies) as Partial<Strategies>) },
    attributeRules: Object.entries(attributes).map(([key, rule]) => ({ leastBp: LEAST_BP, ...rule, key })),
  };
}

function minuteOf(time: string): number | undefined {
  if (time === "never") return undefined;
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}
