export { createProfiles, type Profiles, type ProfilesOptions } from "./create-profiles.ts";
export type { ProfileOutcome } from "./decide-batch.ts";
export type { Decided, PeopleFailure } from "./decide-people.ts";
export { historyStreams } from "./history-streams.ts";
export {
  DEFAULT_IDENTITY,
  DEFAULT_LINKAGE,
  type IdentitySettings,
  type LinkageSettings,
  readIdentitySettings,
} from "./identity-settings.ts";
export { type ImportProfilesDeps, importProfiles, type ProfilesReport } from "./import-profiles.ts";
export { createLookup, type FoundMember, type Lookup } from "./lookup.ts";
export { createMaySeePerson } from "./may-see.ts";
export { type ProfileMapping, readProfileMapping } from "./profile-mapping.ts";
export { type Asker, type MemberStep, type MemberView, type ProfileView, toldBy } from "./read-member.ts";
export { openProfiles, type Personal } from "./sealed-profile.ts";
