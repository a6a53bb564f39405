import type { Clock } from "../core/clock.ts";
import type { Notice, NoticeBoard } from "../store/port.ts";
import type { Signals } from "./signals.ts";

/** News are gathered for so long, milliseconds: hundreds of rollouts a second make few statements, and nobody waits noticeably. */
const GATHER_MS = 50;
/** Different news of one gathering; more are dropped, and their hearers look by themselves. */
const GATHERED_MAX = 1_000;

export interface RelayOptions {
  readonly signals: Signals;
  readonly board: NoticeBoard;
  readonly clock: Clock;
}

/** Joins this process's signals with those of the others that share its database. Answers what ends it. */
export function relaySignals({ signals, board, clock }: RelayOptions): () => void {
  const gathered = new Map<string, Notice>();
  let cancelTimer: (() => void) | null = null;
  const send = () => {
    cancelTimer = null;
    board.publish([...gathered.values()]);
    gathered.clear();
  };
  const gather = (notice: Notice) => {
    if (gathered.size < GATHERED_MAX) gathered.set(keyOf(notice), notice);
    cancelTimer ??= clock.after(GATHER_MS, send);
  };
  const unsubscribe = board.subscribe((notice) => signals.receive(notice));
  const unhook = signals.onNotice(gather);
  return () => {
    unhook();
    unsubscribe();
    cancelTimer?.();
    // The last news of a process are those that others wait for: its rollouts have gone back to the queue.
    if (gathered.size > 0) send();
  };
}

function keyOf(notice: Notice): string {
  return notice.kind === "work" ? notice.kind : `${notice.kind} ${notice.jobId}`;
}
