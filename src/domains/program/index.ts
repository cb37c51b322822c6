export type * from "./core/types.ts";
