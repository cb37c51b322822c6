export { GUARD_PROBLEMS } from "./problems.ts";
