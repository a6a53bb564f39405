import type { SessionInput } from "../../contract/sessions.ts";
import { keptBytes } from "../../contract/execution-kept.ts";
import type { ExecutionService, OpenSessionRequest } from "../../execution/service.ts";
import { type AnswerMemory, replyBytes } from "../execution/answer-memory.ts";
import { fileView } from "../execution/bytes-view.ts";
import { inputFiles, milliseconds, outputRequests, runLimits, sandboxDemands } from "../execution/read-request.ts";
import { callView, sessionView } from "../execution/session-view.ts";
import type { HandlersOf } from "../route-types.ts";

type SessionRoutes =
  | "openSession"
  | "listSessions"
  | "getSession"
  | "callSession"
  | "interruptSession"
  | "writeSessionFiles"
  | "readSessionFiles"
  | "closeSession";

/** Handlers of programs that keep their state. */
export function sessionHandlers(service: ExecutionService, memory: AnswerMemory): HandlersOf<SessionRoutes> {
  const { sessions } = service;
  return {
    async openSession(ctx, { body }) {
      const isolation = body.isolation ?? (await usualIsolation(service, body.language));
      return { body: sessionView(await sessions.open(ctx, openRequest(body, isolation))) };
    },
    async listSessions(ctx) {
      return { body: { items: sessions.list(ctx).map(sessionView) } };
    },
    async getSession(ctx, { params }) {
      return { body: sessionView(sessions.get(ctx, params.id)) };
    },
    async callSession(ctx, { params, body, onDone }) {
      const { code, wall_seconds, cpu_seconds, keep_output_bytes } = body;
      const call = {
        code,
        ...(wall_seconds === undefined ? {} : { wallMs: milliseconds(wall_seconds) }),
        ...(cpu_seconds === undefined ? {} : { cpuMs: milliseconds(cpu_seconds) }),
        ...(keep_output_bytes === undefined ? {} : { keepBytes: keep_output_bytes }),
      };
      const account = memory.open();
      onDone(() => account.release());
      const reply = await sessions.use(ctx, params.id, (session) => session.call(ctx, call));
      const full = account.hold(replyBytes(reply));
      if (full) throw full;
      return { body: callView(reply), inParts: account.isLarge };
    },
    async interruptSession(ctx, { params }) {
      sessions.interrupt(ctx, params.id);
      return { body: sessionView(sessions.get(ctx, params.id)) };
    },
    async writeSessionFiles(ctx, { params, body }) {
      const files = inputFiles(body.files);
      await sessions.use(ctx, params.id, (session) => session.write(ctx, files));
      return { body: { written: files.length } };
    },
    async readSessionFiles(ctx, { params, body: { outputs }, onDone }) {
      const { limit } = keptBytes(undefined, [{ outputs }]);
      const wanted = outputRequests(outputs, limit);
      const account = memory.open();
      onDone(() => account.release());
      const files = await sessions.use(ctx, params.id, (session) => session.read(ctx, wanted));
      const full = account.hold(files.reduce((sum, { data }) => sum + data.length, 0));
      if (full) throw full;
      return { body: { files: files.map(fileView) }, inParts: account.isLarge };
    },
    async closeSession(ctx, { params }) {
      const session = sessions.get(ctx, params.id);
      await sessions.close(ctx, params.id);
      return { body: sessionView({ ...session, state: "ended", reason: session.reason ?? "closed" }) };
    },
  };
}

/** The cheapest isolation in which the language has sessions; the service refuses a language that has none. */
async function usualIsolation(service: ExecutionService, language: string): Promise<"slot" | "container"> {
  const languages = await service.languages();
  const known = languages.find(({ name, aliases }) => name === language || aliases.includes(language));
  return known?.sessions ?? "slot";
}

function openRequest(body: SessionInput, isolation: OpenSessionRequest["isolation"]): OpenSessionRequest {
  const { language, image, files, env, limits, idle_seconds, lifetime_seconds } = body;
  return {
    language,
    isolation,
    ...(image === undefined ? {} : { image }),
    ...(files === undefined ? {} : { files: inputFiles(files) }),
    ...(env === undefined ? {} : { env }),
    ...(limits === undefined ? {} : { limits: runLimits(limits) }),
    ...(idle_seconds === undefined ? {} : { idleMs: milliseconds(idle_seconds) }),
    ...(lifetime_seconds === undefined ? {} : { lifetimeMs: milliseconds(lifetime_seconds) }),
    ...sandboxDemands(body.sandbox),
  };
}
