import type { CallView, SessionView } from "../../contract/sessions.ts";
import type { SessionView as Session, UsedSessionReply } from "../../execution/service.ts";
import { outputView } from "./bytes-view.ts";
import { rounded } from "./stage-view.ts";

/** A session as the API shows it. */
export function sessionView(session: Session): SessionView {
  const { sandbox, times } = session;
  return {
    id: session.id,
    language: session.language,
    image: session.image,
    isolation: session.isolation,
    state: session.state,
    reason: session.reason,
    detail: session.detail,
    sandbox: { id: sandbox.id, provider: sandbox.provider, mode: sandbox.mode },
    opened_at: new Date(session.openedAt).toISOString(),
    last_used_at: new Date(session.lastUsedAt).toISOString(),
    expires_at: new Date(session.expiresAt).toISOString(),
    times: { queue_ms: rounded(times.queueMs), claim_ms: rounded(times.claimMs), setup_ms: rounded(times.setupMs) },
  };
}

/** What came of a call. */
export function callView(reply: UsedSessionReply): CallView {
  const { exit, error } = reply;
  return {
    status: reply.status,
    value: reply.value,
    error: error && { name: error.name, message: error.message, traceback: error.traceback },
    exit_code: reply.exitCode ?? (exit && "code" in exit ? exit.code : null),
    signal: exit && "signal" in exit ? exit.signal : null,
    limit: reply.limit,
    stdout: outputView(reply.stdout),
    stderr: outputView(reply.stderr),
    times: {
      queue_ms: rounded(reply.queueMs),
      wall_ms: rounded(reply.times.wallMs),
      cpu_ms: rounded(reply.times.cpuMs),
    },
    memory_peak_bytes: reply.memoryPeakBytes,
  };
}
