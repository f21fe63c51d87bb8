import { cpus } from "node:os";
import type { EngineLimits } from "./limits.ts";

/** Settings every statement starts from; a request may override each by a URL parameter of the same name. */
export type SettingsBaseline = Readonly<Record<string, string>>;

/**
 * Renders the engine's server configuration.
 *
 * chDB reads it like `clickhouse local --config-file`; what is in force shows in `system.server_settings`. Left alone,
 * the engine would allow itself 90 % of the machine's memory and 5 GB for each of several caches.
 */
export function renderServerConfig(limits: EngineLimits): string {
  const cache = (share: number) => Math.floor(limits.cacheBytes * share);
  const settings: Readonly<Record<string, number | string>> = {
    timezone: "UTC",
    max_server_memory_usage: limits.serverMemoryBytes,
    merges_mutations_memory_usage_soft_limit: limits.mergeMemoryBytes,
    background_pool_size: limits.mergeThreads,
    mark_cache_size: cache(0.25),
    primary_index_cache_size: cache(0.15),
    index_mark_cache_size: cache(0.1),
    text_index_header_cache_size: cache(0.2),
    text_index_tokens_cache_size: cache(0.1),
    text_index_postings_cache_size: cache(0.1),
    query_condition_cache_size: cache(0.05),
    compiled_expression_cache_size: cache(0.05),
    // Caches for formats and indexes that Cairn does not use: the smallest size that is not "unlimited".
    uncompressed_cache_size: 0,
    index_uncompressed_cache_size: 0,
    vector_similarity_index_cache_size: 1,
    unique_key_index_cache_size_bytes: 1,
    iceberg_metadata_files_cache_size: 1,
    parquet_metadata_cache_size: 1,
    mmap_cache_size: 64,
    max_io_thread_pool_size: 8,
    max_format_parsing_thread_pool_size: 8,
    max_active_parts_loading_thread_pool_size: 4,
    max_outdated_parts_loading_thread_pool_size: 2,
    max_parts_cleaning_thread_pool_size: 4,
    threadpool_local_fs_reader_pool_size: 16,
    async_insert_threads: 2,
  };
  const mergeTree: Readonly<Record<string, number>> = {
    // Half the default rows in flight per merge; text indexes multiply what a merge holds.
    merge_max_block_size: 4096,
  };
  const lines = (entries: Readonly<Record<string, number | string>>) =>
    Object.entries(entries)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join("\n");
  return `<clickhouse>\n${lines(settings)}\n<merge_tree>\n${lines(mergeTree)}\n</merge_tree>\n</clickhouse>\n`;
}

/**
 * Returns the settings of every statement of a kind.
 *
 * The first group bounds it, the second makes chDB behave like a server where its own defaults differ.
 */
export function settingsBaseline(limits: EngineLimits, kind: "query" | "command"): SettingsBaseline {
  const spillBytes = Math.floor(limits.statementMemoryBytes / 2);
  return {
    max_memory_usage: String(limits.statementMemoryBytes),
    max_execution_time: String(kind === "query" ? limits.querySeconds : limits.commandSeconds),
    max_threads: String(Math.min(limits.queryThreads, cpus().length)),
    max_insert_threads: "1",
    max_bytes_before_external_group_by: String(spillBytes),
    max_bytes_before_external_sort: String(spillBytes),
    implicit_select: "0",
    allow_introspection_functions: "0",
    // The default, mmap, counts the pages of an inserted file as memory of this process.
    storage_file_read_method: "pread",
  };
}
