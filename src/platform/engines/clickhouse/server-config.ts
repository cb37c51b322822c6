import { writeFileSync } from "node:fs";
import { join } from "node:path";

export type ServerConfig = {
  readonly memoryMb: number;
  /** Whether an insert is on the disk before it is answered. */
  readonly fsync: boolean;
};

/** Writes the engine's own configuration: it is read at the first connection and can't be set later. Returns its path. */
export function writeServerConfig(folder: string, config: ServerConfig): string {
  const bytes = (share: number) => Math.floor(config.memoryMb * share) * 1024 * 1024;
  const flag = config.fsync ? 1 : 0;
  const file = join(folder, "engine.xml");
  writeFileSync(
    file,
    `<clickhouse>
  <max_server_memory_usage>${bytes(1)}</max_server_memory_usage>
  <mark_cache_size>${bytes(0.1)}</mark_cache_size>
  <primary_index_cache_size>${bytes(0.05)}</primary_index_cache_size>
  <index_mark_cache_size>${bytes(0.02)}</index_mark_cache_size>
  <query_condition_cache_size>${bytes(0.02)}</query_condition_cache_size>
  <background_pool_size>2</background_pool_size>
  <merge_tree>
    <merge_selector_base>10</merge_selector_base>
    <fsync_after_insert>${flag}</fsync_after_insert>
    <fsync_part_directory>${flag}</fsync_part_directory>
  </merge_tree>
</clickhouse>
`,
  );
  return file;
}
