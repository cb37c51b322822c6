import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

/** Who runs PostgreSQL. It refuses to run as root, so root starts it as somebody else. */
export type PostgresUser = { readonly uid: number; readonly gid: number };

/**
 * The user PostgreSQL is to run as: undefined for an ordinary user (then it is that user). For root: the owner of an
 * existing data folder, else `postgres`, else `nobody`; initdb needs an entry in the list of users, so no bare number.
 */
export function postgresUser(dataFolder: string): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(dataFolder)) {
    const owner = statSync(dataFolder);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  for (const name of ["postgres", "nobody"]) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { uid, gid };
  }
  throw new Error("PostgreSQL does not run as root, and this system has neither a user 'postgres' nor 'nobody'.");
}

function idOf(flag: "-u" | "-g", name: string): number | undefined {
  try {
    return Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined;
  }
}

/** Whether `user` may execute this program (or enter this folder): the kernel is asked, as that user. */
export function canReach(user: PostgresUser, path: string): boolean {
  const test = spawnSync("/bin/sh", ["-c", 'test -x "$1"', "sh", path], { cwd: "/", ...user, stdio: "ignore" });
  return test.status === 0;
}
