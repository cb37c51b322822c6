import { up } from "#main/up/up.ts";
import { defineCommand, failure } from "../command.ts";

export const upCommand = defineCommand({
  name: "up",
  summary: "Start everything: PostgreSQL, ClickHouse, the API and the worker, until Ctrl-C",
  usage: "up [--home FOLDER] [--port N] [--empty | --demo]",
  example: "dolka up --home /srv/dolka --port 9090",
  options: {
    port: { type: "string", description: "port of the API (default: 8080, or the next free one)", placeholder: "N" },
    host: { type: "string", default: "127.0.0.1", description: "address the API listens on", placeholder: "ADDRESS" },
    empty: { type: "boolean", default: false, description: "a new home gets no demo coalition" },
    demo: { type: "boolean", default: false, description: "the demo coalition also for a server that PG_URL names" },
  },
  async run(context, { values }) {
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
      throw failure.badUsage(`--port takes a number from 0 (any free one) to 65535, not '${values.port}'.`);
    }
    // A server of somebody else's is never filled with demo data unasked.
    const isEmpty = values.empty || (process.env.PG_URL !== undefined && !values.demo);
    await up({ context, host: values.host, port, isEmpty });
  },
});
