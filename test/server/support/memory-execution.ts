import type { CallContext } from "../../../src/core/context.ts";
import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { nearestName } from "../../../src/core/nearest.ts";
import type {
  Execution,
  ExecutionCase,
  ExecutionListener,
  ExecutionRequest,
  ExecutionService,
  LanguageView,
  OpenSessionRequest,
  SessionView,
  Stage,
  UsedSession,
  UsedSessionReply,
} from "../../../src/execution/service.ts";
import type { CapturedOutput, SessionCall } from "../../../src/sandbox/index.ts";
import { replyOf, stageOf } from "../../execution/support/stage.ts";

export const LANGUAGES: readonly LanguageView[] = [
  { name: "python", aliases: ["py", "python3"], images: ["python", "numeric"], compiled: false, sessions: "slot" },
  { name: "cpp", aliases: ["c++"], images: ["gcc"], compiled: true, sessions: null },
  { name: "bash", aliases: ["sh"], images: ["python"], compiled: false, sessions: "container" },
];

/** An ExecutionService without sandboxes: what a program does is a function of the test. */
export interface MemoryExecution extends ExecutionService {
  readonly requests: ExecutionRequest[];
  readonly contexts: CallContext[];
  readonly opened: OpenSessionRequest[];
  readonly calls: SessionCall[];
  /** What becomes of each case. Default: standard input is written to standard output. */
  play: (ctx: CallContext, one: ExecutionCase, index: number, listener: ExecutionListener) => Promise<Partial<Stage>>;
  /** What becomes of the compiler. Default: nothing is compiled but cpp, which goes well. */
  compile: (request: ExecutionRequest) => Stage | null;
  /** What a session answers. */
  answer: (ctx: CallContext, call: SessionCall) => Promise<Partial<UsedSessionReply>>;
}

export function output(data: string | Uint8Array = "", tail: string | Uint8Array = "", dropped = 0): CapturedOutput {
  return { head: Buffer.from(data as string), tail: Buffer.from(tail as string), dropped };
}

export function stage(given: Partial<Stage> = {}): Stage {
  return stageOf({
    times: { queueMs: 0.1, claimMs: 0.2, setupMs: 0.3, wallMs: 2.5, cpuMs: 2.25, teardownMs: 0.4 },
    memoryPeakBytes: 5_000_000,
    sandbox: { id: "sbx_1", provider: "memory", image: "sandlot/python:1", mode: "B" },
    ...given,
  });
}

export function memoryExecution(): MemoryExecution {
  const requests: ExecutionRequest[] = [];
  const contexts: CallContext[] = [];
  const sessions = memorySessions();
  const self: MemoryExecution = {
    requests,
    contexts,
    opened: sessions.opened,
    calls: sessions.calls,
    play: async (_ctx, { stdin }) => ({ stdout: output(stdin ?? "") }),
    compile: ({ language }) => (language === "cpp" ? stage() : null),
    answer: async (_ctx, { code }) => ({ value: code }),
    languages: async () => [...LANGUAGES],
    hasImage: async () => true,
    async run(ctx, request, listener = {}): Promise<Execution> {
      requests.push(request);
      contexts.push(ctx);
      const language = languageOf(request.language);
      const compile = self.compile(request);
      if (compile) listener.onCompiled?.(compile);
      const image = request.image ?? language.images[0] ?? "";
      if (compile && compile.status !== "ok") {
        return { language: language.name, image, compile, cases: request.cases.map(() => null) };
      }
      const cases: (Stage | null)[] = [];
      for (const [index, one] of request.cases.entries()) {
        const failed = cases.some((it) => it && it.status !== "ok");
        const played = request.stopAtFirstFailure && failed ? null : await self.play(ctx, one, index, listener);
        cases.push(played && stage(played));
        const last = cases.at(-1);
        if (last) listener.onCase?.(index, last);
        ctx.signal.throwIfAborted();
      }
      return { language: language.name, image, compile, cases };
    },
    sessions: sessions.service(() => self.answer),
  };
  return self;
}

function languageOf(name: string): LanguageView {
  const found = LANGUAGES.find((it) => it.name === name || it.aliases.includes(name));
  if (found) return found;
  const near = nearestName(
    name,
    LANGUAGES.map((it) => it.name),
  );
  throw new SandlotError("unknown_language", { name, ...(near ? { nearest: near } : {}) });
}

function memorySessions() {
  const opened: OpenSessionRequest[] = [];
  const calls: SessionCall[] = [];
  const files = new Map<string, Uint8Array>();
  const views = new Map<string, { tenant: string; view: SessionView }>();
  const find = (ctx: CallContext, id: string): SessionView => {
    const entry = views.get(id);
    if (!entry || entry.tenant !== ctx.principal.tenant) throw new SandlotError("not_found", { kind: "session", id });
    return entry.view;
  };
  const service = (answer: () => MemoryExecution["answer"]): ExecutionService["sessions"] => ({
    async open(ctx, request) {
      opened.push(request);
      const language = languageOf(request.language);
      const view: SessionView = {
        id: `ses_${opened.length}`,
        language: language.name,
        image: request.image ?? language.images[0] ?? "",
        isolation: request.isolation,
        state: "open",
        reason: null,
        detail: null,
        sandbox: { id: "sbx_1", provider: "memory", mode: "B" },
        openedAt: 1_700_000_000_000,
        lastUsedAt: 1_700_000_000_000,
        expiresAt: 1_700_003_600_000,
        times: { queueMs: 0, claimMs: 1, setupMs: 2 },
      };
      views.set(view.id, { tenant: ctx.principal.tenant, view });
      return view;
    },
    async use(ctx, id, work) {
      const { state } = find(ctx, id);
      if (state === "ended")
        throw new SandlotError("session_ended", { session_id: id, reason: "closed", detail: null });
      const session: UsedSession = {
        ended: new Promise(() => undefined),
        async call(inner, call) {
          calls.push(call);
          return replyOf(await answer()(inner, call));
        },
        interrupt: () => undefined,
        write: async (_ctx, given) => {
          for (const { path, data } of given) files.set(path, data as Uint8Array);
        },
        read: async (_ctx, outputs) =>
          outputs.map(({ path, limit }) => {
            const data = files.get(path);
            if (!data) return { path, status: "missing", data: Buffer.alloc(0) };
            if (data.length > limit) return { path, status: "too_large", data: Buffer.alloc(0) };
            return { path, status: "ok", data };
          }),
        close: async () => undefined,
      };
      return work(session);
    },
    interrupt: (ctx, id) => void find(ctx, id),
    get: find,
    list: (ctx) => [...views.values()].filter(({ tenant }) => tenant === ctx.principal.tenant).map(({ view }) => view),
    async close(ctx, id) {
      find(ctx, id);
      views.delete(id);
    },
  });
  return { opened, calls, service };
}
