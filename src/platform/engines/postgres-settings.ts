import { availableMemoryBytes } from "#platform/memory.ts";

const MB = 1024 * 1024;

/** Settings of the embedded PostgreSQL: durable short transactions on a small machine that is shared with the rest. */
export function postgresSettings(memoryBytes: number = availableMemoryBytes()): Record<string, string> {
  const memoryMb = Math.floor(memoryBytes / MB);
  return {
    // Durability: an answer that was given survives kill -9 and power loss.
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    // Memory: an eighth for shared buffers, the page cache holds the rest; small sorts only, many connections.
    shared_buffers: `${clamp(Math.floor(memoryMb / 8), 64, 2048)}MB`,
    effective_cache_size: `${clamp(Math.floor(memoryMb / 2), 128, 65536)}MB`,
    work_mem: "16MB",
    maintenance_work_mem: `${clamp(Math.floor(memoryMb / 32), 64, 512)}MB`,
    // Write-ahead log: checkpoints far apart, spread out, so that they are not felt.
    wal_buffers: "16MB",
    max_wal_size: "4GB",
    min_wal_size: "256MB",
    checkpoint_timeout: "15min",
    checkpoint_completion_target: "0.9",
    wal_level: "replica",
    // Planning: local SSD; short statements gain nothing from compiling.
    random_page_cost: "1.1",
    jit: "off",
    max_connections: "60",
    // Wallets and lots are updated all the time: vacuum early and often, in small portions.
    autovacuum_naptime: "20s",
    autovacuum_vacuum_scale_factor: "0.05",
    autovacuum_vacuum_insert_scale_factor: "0.1",
    autovacuum_analyze_scale_factor: "0.05",
    autovacuum_vacuum_cost_limit: "1000",
    // What one wants to know afterwards.
    track_io_timing: "on",
    track_wal_io_timing: "on",
    log_min_duration_statement: "1000",
    log_lock_waits: "on",
    log_checkpoints: "on",
    log_autovacuum_min_duration: "10s",
    log_line_prefix: "%m [%p] %q%a ",
    log_timezone: "UTC",
    timezone: "UTC",
    idle_in_transaction_session_timeout: "60s",
    tcp_keepalives_idle: "60",
  };
}

/**
 * For tests: a power cut may lose everything, a kill -9 of the processes loses nothing (synchronous_commit stays on: off,
 * a commit may be in shared memory only, which dies with the postmaster).
 */
export const UNSAFE_BUT_FAST: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "128MB",
  max_wal_size: "1GB",
  autovacuum_naptime: "60s",
};

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
