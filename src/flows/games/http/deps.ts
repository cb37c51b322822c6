import type { FastifyReply, FastifyRequest } from "fastify";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import { loadTrees } from "#domains/identity/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { loadSurvivors } from "#domains/ledger/index.ts";
import type { ManageDeps } from "#flows/publishing/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import type { Failure } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";

export type GameHttpDeps = ManageDeps & {
  /** Makes server seeds. Without it games are described and nothing can be drawn. */
  readonly gameSecret: () => Uint8Array;
  readonly random: (bytes: number) => Uint8Array;
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
};

export type Send = (request: FastifyRequest, reply: FastifyReply, failure: { readonly code: string }) => void;

export function sender({ problems }: Pick<GameHttpDeps, "problems">): Send {
  return (request, reply, failure) => void sendFailure(problems, request, reply, failure as Failure);
}

/** What drawing and committing need. */
export function drawDeps(deps: GameHttpDeps) {
  const { pool, clock, programmes, random } = deps;
  return { pool, clock, programmes, random, gameSecret: deps.gameSecret() };
}

/** Who answers for a member that the caller may see; undefined otherwise, also for one who was erased. */
export async function findMember(
  deps: GameHttpDeps,
  request: FastifyRequest,
  text: string,
): Promise<MemberId | undefined> {
  const named = memberIds.parse(text);
  if (named === undefined || !(await deps.maySeeMember(principalOf(request), named))) return undefined;
  const wallet = (await loadSurvivors(deps.pool, [named])).get(named)?.wallet;
  return wallet?.status === "open" ? wallet.member : undefined;
}

/** The member and everybody merged into it. */
export async function treeOf(deps: GameHttpDeps, member: MemberId): Promise<readonly MemberId[]> {
  return (await loadTrees(deps.pool, [member])).get(member) ?? [member];
}

export function ofPartner({ partner }: Principal): { partner?: string } {
  return partner === undefined ? {} : { partner };
}
