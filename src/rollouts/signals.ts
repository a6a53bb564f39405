import type { Clock } from "../core/clock.ts";
import type { CallContext } from "../core/context.ts";
import type { Notice } from "../store/port.ts";

/** News inside this process: what can be learnt at once need not be polled for. Losing one costs only time. */
export class Signals {
  readonly #onWork = new Set<() => void>();
  readonly #onCancel = new Set<(jobId: string) => void>();
  readonly #onProgress = new Map<string, Set<() => void>>();
  readonly #onNotice = new Set<(notice: Notice) => void>();

  /** Rollouts were queued. */
  work(): void {
    this.#tell({ kind: "work" });
  }

  /** A job is being cancelled. */
  cancel(jobId: string): void {
    this.#tell({ kind: "cancel", jobId });
  }

  /** Something about the job changed. */
  progress(jobId: string): void {
    this.#tell({ kind: "progress", jobId });
  }

  /** The same as it comes from another process: told to those who listen for it, and to no other process again. */
  receive(notice: Notice): void {
    if (notice.kind === "work") for (const listener of this.#onWork) listener();
    else if (notice.kind === "cancel") for (const listener of this.#onCancel) listener(notice.jobId);
    else {
      const listeners = this.#onProgress.get(notice.jobId);
      this.#onProgress.delete(notice.jobId);
      for (const listener of listeners ?? []) listener();
    }
  }

  onWork(listener: () => void): () => void {
    this.#onWork.add(listener);
    return () => this.#onWork.delete(listener);
  }

  onCancel(listener: (jobId: string) => void): () => void {
    this.#onCancel.add(listener);
    return () => this.#onCancel.delete(listener);
  }

  /** Everything that this process itself tells. */
  onNotice(listener: (notice: Notice) => void): () => void {
    this.#onNotice.add(listener);
    return () => this.#onNotice.delete(listener);
  }

  /** Resolves at the job's next news, after `timeoutMs`, or when the context ends. Never rejects. */
  nextProgress(
    ctx: CallContext,
    jobId: string,
    { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
  ): Promise<void> {
    return new Promise((resolve) => {
      const listeners = this.#onProgress.get(jobId) ?? new Set();
      this.#onProgress.set(jobId, listeners);
      const done = () => {
        cancelTimer();
        listeners.delete(done);
        if (listeners.size === 0 && this.#onProgress.get(jobId) === listeners) this.#onProgress.delete(jobId);
        ctx.signal.removeEventListener("abort", done);
        resolve();
      };
      const cancelTimer = clock.after(timeoutMs, done);
      listeners.add(done);
      ctx.signal.addEventListener("abort", done, { once: true });
    });
  }

  #tell(notice: Notice): void {
    this.receive(notice);
    for (const listener of this.#onNotice) listener(notice);
  }
}
