export { type LinkedFiles, type LinkFilesFailure, linkFiles } from "./link-files.ts";
export { linkPage } from "./link-page.ts";
export type { LinkMembersDeps } from "./members/deps.ts";
export {
  cancelLinkRun,
  type LinkMembersFailure,
  type LinkMembersOptions,
  type LinkMembersReport,
  linkMembers,
} from "./members/link-members.ts";
export { linkWhenDue, type NightlyDeps, runNightlyLinkage } from "./members/nightly.ts";
export { reportText } from "./report-text.ts";
export { writePairs } from "./write-pairs.ts";
