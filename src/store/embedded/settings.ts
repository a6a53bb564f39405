/** The superuser of the embedded server. Who can enter the socket's directory is trusted. */
export const EMBEDDED_USER = "sandlot";
/** The database that initdb makes; another would only take time. */
export const EMBEDDED_DATABASE = "postgres";

/**
 * Settings of the embedded server: commits that survive a power cut, a small footprint, no helpers that one process's
 * database does not need, and a log of problems only.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",

  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_level: "minimal",
  max_wal_senders: "0",
  min_wal_size: "32MB",
  max_wal_size: "256MB",
  checkpoint_timeout: "15min",

  shared_buffers: "32MB",
  work_mem: "8MB",
  maintenance_work_mem: "32MB",
  huge_pages: "off",
  io_method: "sync",
  // Segments of POSIX shared memory would need more /dev/shm than containers have.
  dynamic_shared_memory_type: "mmap",
  max_worker_processes: "0",
  max_parallel_workers_per_gather: "0",
  max_logical_replication_workers: "0",
  autovacuum_max_workers: "1",
  autovacuum_worker_slots: "1",
  jit: "off",

  log_min_messages: "warning",
  // Statements carry other people's data.
  log_min_error_statement: "panic",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] ",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** Arguments of `postgres`. They take precedence over its files, so that every start has the present settings. */
export function serverArguments(directory: string, socketDirectory: string, maxConnections = 20): string[] {
  // The setting is a list: quotes keep a comma or a blank from ending the entry.
  const sockets = `"${socketDirectory.replaceAll('"', '""')}"`;
  const settings = Object.entries({
    ...SETTINGS,
    max_connections: String(maxConnections),
    unix_socket_directories: sockets,
  });
  return ["-D", directory, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}
