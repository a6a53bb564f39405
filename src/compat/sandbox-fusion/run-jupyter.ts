import type { Clock } from "../../core/clock.ts";
import { type CallContext, rootContext, withScope } from "../../core/context.ts";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import type { ExecutionService, LanguageView } from "../../execution/service.ts";
import type { SandboxSession, SessionReply } from "../../sandbox/index.ts";
import type { AnswerAccount } from "../../server/execution/answer-memory.ts";
import { type CommandResult, OUT_OF_TIME } from "./answers.ts";
import { cellChars, type CellResult, cellOf, lostCell, NUL_CELL } from "./cells.ts";
import { Fetching, inputFiles } from "./files.ts";
import { cellLimits, SESSION_OPEN_MS } from "./limits.ts";
import { imageFor } from "./languages.ts";
import type { RunJupyterRequest } from "./requests.ts";
import { inImage } from "./run-in-image.ts";

export interface JupyterAnswer {
  readonly status: "Success" | "Failed" | "SandboxError";
  readonly message: string;
  readonly driver: CommandResult | null;
  readonly cells: readonly CellResult[];
  readonly executor_pod_name: string | null;
  readonly files: Readonly<Record<string, string>>;
}

/** Seconds that the original adds to `total_timeout`: callers rely on them. */
const ADDED_SECONDS = 10;
/** Characters of output in one answer. */
const ANSWER_CHARS = 64 * 1024 * 1024;

/** What notebooks are played with. */
interface Player {
  readonly service: Pick<ExecutionService, "hasImage" | "sessions">;
  readonly python: LanguageView | undefined;
  /** Counts what the answer holds. */
  readonly account: AnswerAccount;
  readonly clock: Clock;
}

/**
 * `POST /run_jupyter`: the cells one after another in one Python session. An exception in a cell does not keep the later ones
 * from running; a cell that takes longer than `cell_timeout` is interrupted. What was done within `total_timeout` is kept.
 */
export async function runJupyter(
  ctx: CallContext,
  { service, python, account, clock }: Player,
  request: RunJupyterRequest,
): Promise<JupyterAnswer> {
  const files = inputFiles(request.files);
  const fetching = new Fetching(request.fetch_files);
  const limits = cellLimits(request.total_timeout + ADDED_SECONDS, request.memory_limit_MB);
  if (limits.wallMs === 0) return failed(OUT_OF_TIME, fetching.refused().join("; "));
  const { sessions } = service;
  const wanted = python && imageFor(python, request.cells.join("\n"));
  const opened = await withScope(ctx, { timeoutMs: SESSION_OPEN_MS, waitingFor: "a session", clock }, (inner) =>
    inImage(service, wanted, (image) =>
      sessions.open(inner, {
        language: "python",
        ...(image !== undefined && { image }),
        isolation: "slot",
        files,
        limits,
        foreignLimits: true,
      }),
    ),
  );
  try {
    return await sessions.use(ctx, opened.id, async (session) => {
      const notebook = new Notebook(request, limits.wallMs, account, clock);
      await notebook.play(ctx, session);
      const read = notebook.alive ? await session.read(ctx, fetching.outputs()) : [];
      hold(
        account,
        read.reduce((sum, { data }) => sum + data.length, 0),
      );
      const got = fetching.answer(read);
      const message = [...notebook.notes, ...got.notes].join("; ");
      const { driver, cells } = notebook;
      const status = driver.status === "Finished" && driver.return_code === 0 ? "Success" : "Failed";
      return { status, message, driver, cells, executor_pod_name: opened.sandbox.id, files: got.files };
    });
  } finally {
    // Its own context: the session has to go also when the client has.
    const apart = rootContext({ principal: ctx.principal, logger: ctx.logger });
    await sessions.close(apart, opened.id).catch(() => undefined);
  }
}

/** A fault of ours in place of a result. */
export function jupyterError(message: string): JupyterAnswer {
  return { status: "SandboxError", message, driver: null, cells: [], executor_pod_name: null, files: {} };
}

function failed(driver: CommandResult, message: string): JupyterAnswer {
  return { status: "Failed", message, driver, cells: [], executor_pod_name: null, files: {} };
}

/** The cells of one request as they are played. */
class Notebook {
  readonly cells: CellResult[] = [];
  readonly notes: string[] = [];
  alive = true;
  readonly #request: RunJupyterRequest;
  readonly #budgetMs: number;
  readonly #account: AnswerAccount;
  readonly #clock: Clock;
  readonly #started: number;
  readonly #room = { chars: ANSWER_CHARS };
  #isLate = false;
  #returnCode = 0;

  constructor(request: RunJupyterRequest, budgetMs: number, account: AnswerAccount, clock: Clock) {
    this.#request = request;
    this.#budgetMs = budgetMs;
    this.#account = account;
    this.#clock = clock;
    this.#started = clock.monotonic();
  }

  /** What became of the notebook as a whole. */
  get driver(): CommandResult {
    const execution_time = (this.#clock.monotonic() - this.#started) / 1000;
    if (this.#isLate) return { ...OUT_OF_TIME, execution_time };
    return { status: "Finished", execution_time, return_code: this.#returnCode, stdout: "", stderr: "" };
  }

  async play(ctx: CallContext, session: SandboxSession): Promise<void> {
    for (const code of this.#request.cells) {
      const leftMs = this.#budgetMs - (this.#clock.monotonic() - this.#started);
      if (leftMs <= 0) this.#isLate = true;
      if (this.#isLate || !this.alive) return;
      await this.#playCell(ctx, session, code, leftMs);
    }
  }

  async #playCell(ctx: CallContext, session: SandboxSession, code: string, leftMs: number): Promise<void> {
    if (code.includes("\0")) {
      this.cells.push(NUL_CELL);
      return;
    }
    const cellMs = this.#request.cell_timeout > 0 ? 1000 * this.#request.cell_timeout : Infinity;
    const wallMs = Math.max(1, Math.ceil(Math.min(leftMs, cellMs)));
    const reply = await callOrNull(ctx, session, code, wallMs);
    const cell = reply ? cellOf(reply, code, this.#room) : lostCell(null);
    hold(this.#account, cellChars(cell));
    this.cells.push(cell);
    if (reply?.status === "interrupted" && cellMs >= leftMs) this.#isLate = true;
    if (reply && reply.status !== "ended") return;
    this.alive = false;
    this.#returnCode = exitCode(reply);
    this.notes.push(`the program of cell ${this.cells.length} ended the session`);
  }
}

/** Counts so much of the answer; throws `overloaded` when there is no room for it. */
function hold(account: AnswerAccount, bytes: number): void {
  const full = account.hold(bytes);
  if (full) throw full;
}

/** Null when the session was over before the call. */
async function callOrNull(
  ctx: CallContext,
  session: SandboxSession,
  code: string,
  wallMs: number,
): Promise<SessionReply | null> {
  try {
    return await session.call(ctx, { code, wallMs, cpuMs: 2 * wallMs });
  } catch (error) {
    if (SandlotError.is(error, "session_ended")) return null;
    throw error;
  }
}

/** Never 0: a session that ends in the middle has not succeeded, whatever it says. */
function exitCode(reply: SessionReply | null): number {
  if (!reply?.exit) return -9;
  if ("signal" in reply.exit) return -reply.exit.signal;
  return reply.exit.code === 0 ? -9 : reply.exit.code;
}
