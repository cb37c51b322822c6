export {
  createRegisterDeps,
  type RegisterDeps,
  type Registered,
  type Registration,
  registerMembers,
} from "./register-members.ts";
