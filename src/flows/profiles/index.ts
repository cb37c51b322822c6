export { createProfiles, type Profiles, type ProfilesOptions } from "./create-profiles.ts";
export type { ProfileOutcome } from "./decide-batch.ts";
export type { Decided, PeopleFailure } from "./decide-people.ts";
export { DEFAULT_IDENTITY, type IdentitySettings, readIdentitySettings } from "./identity-settings.ts";
export { type ImportProfilesDeps, importProfiles, type ProfilesReport } from "./import-profiles.ts";
export { createLookup, type FoundMember, type Lookup } from "./lookup.ts";
export { createMaySeePerson } from "./may-see.ts";
export { type ProfileMapping, readProfileMapping } from "./profile-mapping.ts";
export type { Asker, MemberStep, MemberView, ProfileView } from "./read-member.ts";
