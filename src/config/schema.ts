import { availableParallelism } from "node:os";
import { z } from "zod";
import { PROVED_LIMITS } from "../contract/sandbox-limits.ts";
import { DEFAULT_TENANT, SCOPES, TENANT_SCOPES } from "../core/context.ts";
import { ModelConfig } from "./model-schema.ts";
import { StorageConfig } from "./storage-schema.ts";

const DAY_SECONDS = 24 * 3600;
const HostName = z.string().regex(/^[^\s/@]{1,255}$/, "expected a host name or address, without scheme or path");
const FilePath = z.string().min(1).max(4096);

/** One API key, given as text or as the name of a file that holds it. */
const ApiKeyConfig = z
  .strictObject({
    name: z.string().min(1).max(128),
    key: z
      .string()
      .regex(/^[\x21-\x7e]{1,512}$/, "expected 1 to 512 printable ASCII characters without spaces")
      .optional(),
    key_file: FilePath.optional(),
    tenant: z.string().min(1).max(128).default(DEFAULT_TENANT),
    /** Default: all but `operator`, which reaches other tenants. */
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .default([...TENANT_SCOPES]),
  })
  .refine(
    (entry) => (entry.key === undefined) !== (entry.key_file === undefined),
    "give exactly one of key and key_file",
  );

const ServerConfig = z.strictObject({
  host: HostName.default("127.0.0.1"),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(7461),
  /** Host names accepted in requests beside the bound host and the loopback names. */
  hosts: z.array(HostName).max(1000).default([]),
  api_keys: z.array(ApiKeyConfig).max(10_000).default([]),
  shutdown_grace_seconds: z.number().min(0).max(3600).default(20),
});

/** Where agents reach their models, apart from the API: they get nothing else. The port opens with the first model session. */
const GatewayConfig = z.strictObject({
  host: HostName.default("127.0.0.1"),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(7462),
  /** How agents reach it where that is not its host and port. */
  public_url: z.url({ protocol: /^https?$/ }).optional(),
  /** Sessions at once that have not ended. */
  max_sessions: z.int().min(1).max(1_000_000).default(20_000),
  /** Memory for what is kept of one session's calls, bytes. Beyond it the session makes no more calls. */
  session_bytes: z
    .int()
    .min(1 << 20)
    .max(2 ** 40)
    .default(128 << 20),
  /** The same of all sessions, bytes. Beyond it calls and new sessions are refused until others have ended. */
  memory_bytes: z
    .int()
    .min(1 << 20)
    .max(2 ** 40)
    .default(2 ** 31),
  /** How long the samples of an ended session wait to be fetched, seconds. */
  retention_seconds: z.number().min(1).max(DAY_SECONDS).default(3600),
});

const PoolConfig = z
  .strictObject({
    min: z.int().min(0).max(10_000).default(0),
    /** More runs at once than twice the cores only starve each other. */
    max: z.int().min(1).max(10_000).default(2),
    idle_buffer: z.int().min(0).max(10_000).default(1),
    max_runs_per_sandbox: z.int().min(1).max(1_000_000).default(5_000),
    max_age_seconds: z
      .number()
      .min(1)
      .max(30 * DAY_SECONDS)
      .default(3600),
    /** Sandboxes beyond what was needed at once within this time are removed. */
    idle_seconds: z.number().min(1).max(DAY_SECONDS).default(60),
  })
  .refine((pool) => pool.min <= pool.max, { error: "min must not be above max", path: ["min"] });

/** Limits of which every sandbox is proved to hold them (docs/sandbox.md). */
const ProvedLimit = z.enum(PROVED_LIMITS);

const KubernetesName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "expected a Kubernetes name");

const KubernetesConfig = z.strictObject({
  /** Default: what kubectl would take, and inside a cluster its own. */
  kubeconfig: FilePath.optional(),
  context: z.string().min(1).max(253).optional(),
  namespace: KubernetesName.default("sandlot"),
  /** Put before `sandlot/<image>:<digest>`, e.g. `registry.example.com/team`. */
  registry: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._:/-]{0,254}[a-z0-9]$/, "expected a registry, and a path in it")
    .optional(),
  runtime_class: KubernetesName.optional(),
  /** File below the kubelet's seccomp folder; default: the container runtime's profile. */
  seccomp_profile: FilePath.optional(),
  /** Pods have user namespaces and an unmasked /proc, which modes A and B need. */
  user_namespaces: z.boolean().default(false),
  /** Part of a sandbox's processor time that its node reserves; memory is reserved in full. */
  cpu_request: z.number().min(0.01).max(1).default(0.25),
});

const SandboxConfig = z.strictObject({
  provider: z.enum(["auto", "docker", "local", "kubernetes"]).default("auto"),
  mode: z.enum(["auto", "A", "B", "C"]).default("auto"),
  /** Default: the number of cores. */
  slots_per_sandbox: z.int().min(1).max(128).default(availableParallelism),
  pool: PoolConfig.prefault({}),
  /** Of all pools together. */
  max_sandboxes: z.int().min(1).max(100_000).default(128),
  creations_per_second: z.number().min(0.01).max(10_000).default(20),
  creations_at_once: z.int().min(1).max(1_000).default(4),
  /** Limits that sandboxes need not hold; without this, one that is not held refuses them all. */
  accept_unenforced: z.array(ProvedLimit).max(100).default([]),
  docker: z
    .strictObject({
      socket: FilePath.optional(),
      runtime: z.string().min(1).max(128).optional(),
      /** `unix`: agents connect to sockets in the data directory, which the engine must share. `auto`: where it does. */
      transport: z.enum(["auto", "attach", "unix"]).default("auto"),
    })
    .prefault({}),
  kubernetes: KubernetesConfig.prefault({}),
  local: z.strictObject({ bubblewrap: FilePath.optional(), python: FilePath.optional() }).prefault({}),
});

/** Everything that can be configured; unknown keys are refused, units stand in the names. */
export const ConfigSchema = z.strictObject({
  data_dir: FilePath.default(".sandlot"),
  server: ServerConfig.prefault({}),
  gateway: GatewayConfig.prefault({}),
  database: z
    .strictObject({
      url: z
        .string()
        .regex(/^postgres(ql)?:\/\/\S+$/, "expected postgres://user:password@host/database")
        .optional(),
    })
    .prefault({}),
  storage: StorageConfig.prefault({}),
  sandbox: SandboxConfig.prefault({}),
  models: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "expected letters, digits, dots, dashes and underscores"),
      ModelConfig,
    )
    .default({}),
  environments: z.strictObject({ paths: z.array(FilePath).max(100).default(["environments"]) }).prefault({}),
  worker: z
    .strictObject({
      concurrency: z.int().min(1).max(20_000).default(16),
      lease_seconds: z.number().min(1).max(3600).default(30),
      /** Calls of one model at once, of this process. */
      max_model_calls: z.int().min(1).max(20_000).default(20_000),
      /** Rollouts for whose beginning a sandbox or a session is being got, at once. */
      max_sandbox_starts: z.int().min(1).max(10_000).default(32),
      /** Verifications in sandboxes at once; default: what keeps all slots busy. */
      max_verifications: z.int().min(1).max(10_000).optional(),
      /** Calls of a model that is down wait so long for its return, before they count as failed. */
      model_outage_seconds: z.number().min(0).max(86_400).default(600),
      /** False: a process with the role `api` alone, which never opens the container engine's socket. */
      enabled: z.boolean().default(true),
      /** Where `sandlot worker` answers /healthz, /readyz and /metrics; without a port it listens nowhere. 0 takes any free one. */
      health_host: HostName.default("127.0.0.1"),
      health_port: z.int().min(0).max(65_535).optional(),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).default("info"),
      format: z.enum(["auto", "json", "pretty"]).default("auto"),
    })
    .prefault({}),
});
/** The configuration as the schema gives it: secrets in files are not read yet. */
export type ParsedConfig = z.output<typeof ConfigSchema>;
