import type { BlobStore, JobStore, RolloutQueue } from "../port.ts";
import type { Room } from "./room.ts";

/** Records are tried to be written also where there is little space: they are the results of work that was done. */
export function blobsWithRoom(blobs: BlobStore, room: Room): BlobStore {
  return { ...blobs, append: (ctx, record) => room.write(() => blobs.append(ctx, record)) };
}

/** Takes no job and no tasks while there is no space. */
export function jobsWithRoom(jobs: JobStore, room: Room): JobStore {
  return {
    ...jobs,
    create: async (ctx, job) => {
      await room.require();
      return jobs.create(ctx, job);
    },
    addTasks: async (ctx, id, batch) => {
      await room.require();
      return jobs.addTasks(ctx, id, batch);
    },
    retry: async (ctx, id, retry) => {
      await room.require();
      return jobs.retry(ctx, id, retry);
    },
  };
}

/** Hands out nothing while there is no space: what is started could not be recorded. All else goes on. */
export function queueWithRoom(queue: RolloutQueue, room: Room): RolloutQueue {
  return { ...queue, claim: async (ctx, request) => ((await room.problem()) ? [] : queue.claim(ctx, request)) };
}
