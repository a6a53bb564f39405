import { z } from "zod";
import { PrintableParameter } from "./printable.ts";
import type { Route } from "./route.ts";
import { Rollout } from "./rollouts.ts";

const Count = z.int().min(0);

/** The rollouts of one task in one job, when all of them are done. */
export const Group = z
  .object({
    id: z.string().describe("The `group_id` of its samples."),
    task_id: z.string(),
    task_index: z.int(),
    sequence: z.int().min(1).describe("Order of delivery among the job's groups, without gaps."),
    ended_at: z.iso.datetime(),
    rollouts: z.array(Rollout),
    scored: Count,
    truncated: Count,
    masked: Count,
    mean_reward: z.number().nullable().describe("Over rollouts with a reward that are not masked."),
    zero_variance: z
      .boolean()
      .describe(
        "Whether all rewards that are not masked are equal: such a group teaches nothing relative to its mean.",
      ),
  })
  .meta({ id: "Group" });
export type Group = z.infer<typeof Group>;

export const GroupPage = z
  .object({
    items: z.array(Group),
    next_cursor: z.string().describe("Where to go on, also after the last page of a job that still runs."),
    complete: z.boolean().describe("True when the job has ended and this page reaches its end."),
  })
  .meta({ id: "GroupPage" });
export type GroupPage = z.infer<typeof GroupPage>;

/** Groups that a consumer holds until it acknowledges them. */
export const Delivery = z
  .object({
    id: z.string().nullable().describe("What to acknowledge; null when nothing was free."),
    lease_until: z.iso.datetime().nullable().describe("When what is not acknowledged goes to somebody else."),
    groups: z.array(Group.extend({ deliveries: z.int().min(1).describe("How often this one was handed out.") })),
    cursor: Count.describe("Groups up to this sequence have all been acknowledged."),
    complete: z.boolean().describe("True when the job has ended and every group has been acknowledged."),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.infer<typeof Delivery>;

/** Longest wait for a page, seconds. */
const LONGEST_WAIT_SECONDS = 30;

const Wait = z.number().min(0).max(LONGEST_WAIT_SECONDS);
const WAIT = "How long to wait, while the job runs, where there is nothing yet.";

const GroupsAtOnce = z.int().min(1).max(64);

const Consumer = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.:-]+$/, "letters, digits and _ . : - only");

export const GROUP_ROUTES = {
  listGroups: {
    method: "GET",
    path: "/api/v1/jobs/{id}/groups",
    summary: "Complete groups in the order of delivery",
    scope: "jobs",
    query: z.object({
      cursor: PrintableParameter.optional(),
      limit: z.coerce.number().pipe(GroupsAtOnce).default(16),
      wait_seconds: z.coerce.number().pipe(Wait).default(0).describe(WAIT),
    }),
    status: 200,
    response: GroupPage,
  },
  takeGroups: {
    method: "POST",
    path: "/api/v1/jobs/{id}/deliveries",
    summary: "The next complete groups that nobody of the consumer's name has or holds, under a lease",
    scope: "jobs",
    body: z
      .strictObject({
        consumer: Consumer.default("trainer").describe("Those who share a name share the groups."),
        limit: GroupsAtOnce.default(16),
        wait_seconds: Wait.default(0).describe(WAIT),
        lease_seconds: z
          .number()
          .min(1)
          .max(24 * 3600)
          .default(600),
      })
      .prefault({}),
    status: 200,
    response: Delivery,
  },
  acknowledgeGroups: {
    method: "POST",
    path: "/api/v1/jobs/{id}/deliveries/{delivery}/acknowledge",
    summary: "The consumer has these groups for good: they are not handed out again",
    scope: "jobs",
    status: 200,
    response: z.object({ cursor: Count }),
  },
  handBackGroups: {
    method: "POST",
    path: "/api/v1/jobs/{id}/deliveries/{delivery}/hand-back",
    summary: "Let others have these groups at once",
    scope: "jobs",
    status: 200,
    response: z.object({}),
  },
} as const satisfies Record<string, Route>;
