/** What the supervisor tells its processes, by environment variables. */
export type ProcessSettings = {
  readonly home: string;
  readonly pgUrl: string;
  readonly clickhouseUrl: string;
  readonly host: string;
  readonly port: number;
  /** DOLKA_RATE_LIMIT=off takes the limits per key away, for benchmarks. */
  readonly isRateLimited?: boolean;
};

export function settingsToEnvironment(settings: ProcessSettings): Record<string, string> {
  return {
    DOLKA_HOME: settings.home,
    PG_URL: settings.pgUrl,
    CLICKHOUSE_URL: settings.clickhouseUrl,
    DOLKA_HOST: settings.host,
    DOLKA_PORT: String(settings.port),
  };
}

/** Reads them back. Throws an Error that names the missing variable. */
export function settingsFromEnvironment(environment: NodeJS.ProcessEnv = process.env): ProcessSettings {
  const required = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "") throw new Error(`The environment variable ${name} is not set.`);
    return value;
  };
  return {
    home: required("DOLKA_HOME"),
    pgUrl: required("PG_URL"),
    clickhouseUrl: required("CLICKHOUSE_URL"),
    host: environment.DOLKA_HOST ?? "127.0.0.1",
    port: Number(environment.DOLKA_PORT ?? 8080),
    isRateLimited: environment.DOLKA_RATE_LIMIT !== "off",
  };
}
