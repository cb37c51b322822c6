import type { RouteOptions } from "fastify";

export type RouteTable = {
  add(route: RouteOptions): void;
  /** Methods of the routes that this path belongs to: empty for a path that nobody serves. */
  methodsAt(path: string): string[];
};

/** Remembers which methods a path has: the router itself only says that nothing matched. */
export function routeTable(): RouteTable {
  const routes: { pattern: RegExp; method: string }[] = [];
  return {
    add: ({ url, method }) => {
      for (const each of [method].flat()) routes.push({ pattern: patternOf(url), method: each });
    },
    methodsAt: (path) => {
      const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
      return [...new Set(methods)].sort();
    },
  };
}

function patternOf(url: string): RegExp {
  const steps = url.split("/").map((step) => {
    if (step === "*") return ".*";
    return step.startsWith(":") ? "[^/]+" : step.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${steps.join("/")}$`);
}
