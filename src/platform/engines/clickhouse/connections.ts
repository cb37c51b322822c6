import { Session } from "chdb";
import { ClickhouseError, errors, parseEngineError } from "./errors.ts";

/** What a request needs its connection to be set to. */
export type ConnectionState = {
  readonly database: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
};

export type Connection = {
  readonly session: Session;
  /** Marks the connection as changed in ways that are not tracked: it is closed when given back. */
  discard(): void;
  /** Stops the query that runs on it; returns when the engine has been told. */
  cancel(): Promise<void>;
};

export type ConnectionPool = {
  /** Runs `work` on a connection set to `state`. Waits in line when all are busy; a full line is refused (code 202). */
  use<T>(state: ConnectionState, work: (connection: Connection) => Promise<T>): Promise<T>;
  stats(): { busy: number; waiting: number };
  /** Cancels what runs and closes all connections once they are idle. */
  close(): Promise<void>;
};

export type PoolOptions = {
  readonly dataFolder: string;
  readonly size: number;
  readonly maxWaiting: number;
  /** Arguments every connection is opened with. */
  readonly connectionArgs: readonly string[];
  /** Settings every connection has unless a request says otherwise; a reset goes back to these. */
  readonly baseSettings: Readonly<Record<string, string>>;
};

type Slot = { session: Session | undefined; mark: string; state: ConnectionState; busy: boolean };

const CLEAN: ConnectionState = { database: "default", settings: new Map(), parameters: new Map() };
const RESETTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Connections of the embedded engine. One connection is a serial queue and keeps the settings it was given, so every
 * request has one for itself and says what it must be set to; only the difference is sent (0.5 ms), mostly none.
 */
export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const slots: Slot[] = Array.from({ length: options.size }, (_, i) => ({
    session: undefined,
    mark: `dolka-connection-${i}`,
    state: CLEAN,
    busy: false,
  }));
  const waiting: ((slot: Slot) => void)[] = [];
  const control = open(options, "dolka-control");
  let closing = false;

  const acquire = (state: ConnectionState): Promise<Slot> => {
    const idle = slots.filter((slot) => !slot.busy);
    const slot =
      idle.find(
        (candidate) => candidate.session !== undefined && differences(candidate.state, state, options).length === 0,
      ) ??
      idle.find((candidate) => candidate.session !== undefined) ??
      idle[0];
    if (slot !== undefined) {
      slot.busy = true;
      return Promise.resolve(slot);
    }
    if (waiting.length >= options.maxWaiting) return Promise.reject(errors.tooManyQueries(options.maxWaiting));
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (slot: Slot): void => {
    const next = waiting.shift();
    if (next === undefined) slot.busy = false;
    else next(slot);
  };
  const discard = (slot: Slot): void => {
    slot.session?.close();
    slot.session = undefined;
    slot.state = CLEAN;
  };

  return {
    async use(state, work) {
      if (closing) throw errors.shuttingDown();
      const slot = await acquire(state);
      let isDirty = false;
      try {
        slot.session ??= open(options, slot.mark);
        const session = slot.session;
        await bringTo(slot, session, state, options).catch((error) => {
          isDirty = true;
          throw error;
        });
        return await work({
          session,
          discard: () => {
            isDirty = true;
          },
          cancel: async () => {
            await control.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = '${slot.mark}' ASYNC`).catch(() => {});
          },
        });
      } finally {
        if (isDirty) discard(slot);
        release(slot);
      }
    },
    stats: () => ({ busy: slots.filter((slot) => slot.busy).length, waiting: waiting.length }),
    async close() {
      closing = true;
      while (slots.some((slot) => slot.busy)) {
        await control
          .queryAsync("KILL QUERY WHERE Settings['log_comment'] LIKE 'dolka-connection-%' ASYNC")
          .catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      for (const slot of slots) discard(slot);
      control.close();
    },
  };
}

/** A connection is known to the engine by its `log_comment`: KILL QUERY finds what runs on it. */
function open(options: PoolOptions, mark: string): Session {
  const base = Object.entries(options.baseSettings).map(([name, value]) => `--${name}=${value}`);
  return new Session(options.dataFolder, {
    connectionArgs: [...options.connectionArgs, ...base, `--log_comment=${mark}`],
  });
}

async function bringTo(slot: Slot, session: Session, state: ConnectionState, options: PoolOptions): Promise<void> {
  for (const statement of differences(slot.state, state, options)) {
    await session.queryAsync(statement).catch((error) => {
      throw parseEngineError(error);
    });
  }
  // A parameter can't be unset: the door refuses a text that names one the request has not given.
  slot.state = { ...state, parameters: new Map([...slot.state.parameters, ...state.parameters]) };
}

/** Statements that lead from one state to another. */
function differences(from: ConnectionState, to: ConnectionState, options: PoolOptions): string[] {
  const assignments: string[] = [];
  for (const name of from.settings.keys()) {
    if (to.settings.has(name)) continue;
    const base = options.baseSettings[name];
    assignments.push(base === undefined ? `${name} = DEFAULT` : `${name} = ${literal(base)}`);
  }
  for (const [name, value] of to.settings) {
    if (!RESETTABLE.test(name)) throw new ClickhouseError(115, "UNKNOWN_SETTING", `Unknown setting '${name}'`);
    if (from.settings.get(name) !== value) assignments.push(`${name} = ${literal(value)}`);
  }
  for (const [name, value] of to.parameters) {
    if (!RESETTABLE.test(name)) throw errors.badArgument(`'${name}' is no name of a parameter`);
    if (from.parameters.get(name) !== value) assignments.push(`param_${name} = ${literal(value)}`);
  }
  const statements = assignments.length === 0 ? [] : [`SET ${assignments.join(", ")}`];
  if (from.database !== to.database) statements.push(`USE ${quoted(to.database)}`);
  return statements;
}

function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
