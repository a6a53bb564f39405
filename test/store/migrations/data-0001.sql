-- A database as the first migration left it, in the middle of its work: jobs and rollouts in every state, of two tenants.
insert into meta values ('installation', 'ins_00000000000000000000000000000001');

insert into jobs
  (id, tenant, state, environment, model, repeats, priority, labels, limits, on_truncated, sampling, replay, tasks,
   idempotency_key, idempotency_digest, open, last_sequence, created_at, started_at, ended_at)
values
  ('job_queued', 'red', 'queued', 'arithmetic', 'policy', 1, 0, '{"run":"1"}', '{"turns":5}', '"score"', '{}', false, 2,
   'key', 'digest', 2, 0, '2026-01-01 00:00:00Z', null, null),
  ('job_running', 'red', 'running', 'arithmetic', 'policy', 2, 5, '{}', '{}', '{"value":0.5}', '{"temperature":1.0}', false, 4,
   null, null, 4, 4, '2026-01-01 00:01:00Z', '2026-01-01 00:02:00Z', null),
  ('job_cancelling', 'blue', 'cancelling', 'arithmetic', 'policy', 1, 0, '{}', '{}', '"mask"', '{}', false, 2,
   null, null, 1, 1, '2026-01-01 00:03:00Z', '2026-01-01 00:04:00Z', null),
  ('job_completed', 'blue', 'completed', 'arithmetic', 'policy', 1, 0, '{}', '{}', '"score"', '{}', true, 1,
   null, null, 0, 1, '2026-01-01 00:05:00Z', '2026-01-01 00:06:00Z', '2026-01-01 00:07:00Z'),
  ('job_cancelled', 'blue', 'cancelled', 'arithmetic', 'policy', 1, 0, '{}', '{}', '"score"', '{}', false, 1,
   null, null, 0, 1, '2026-01-01 00:08:00Z', null, '2026-01-01 00:09:00Z');

-- Their rows are the first record of the segment, 4 of them in parts of their own.
insert into tasks
select tenant, jobs.id, n, to_json('task ' || n), '20260101t000000-0123456789ab-000001', 0, 87, 'row/' || n
from jobs, generate_series(0, jobs.tasks - 1) as n;

insert into rollouts (id, tenant, job_id, task_index, rollout_index) values
  ('rol_queued_0', 'red', 'job_queued', 0, 0),
  ('rol_queued_1', 'red', 'job_queued', 1, 0);
-- Queued again for later; held by a worker that lives; held by one that has died.
insert into rollouts
  (id, tenant, job_id, task_index, rollout_index, state, attempts, fence, lease_owner, lease_until, available_at)
values
  ('rol_delayed', 'red', 'job_running', 0, 0, 'queued', 1, 2, null, null, now() + interval '1 hour'),
  ('rol_held', 'red', 'job_running', 0, 1, 'running', 1, 1, 'alive', now() + interval '1 hour', now()),
  ('rol_lost', 'red', 'job_running', 1, 0, 'running', 1, 1, 'dead', now() - interval '1 minute', now()),
  ('rol_never', 'red', 'job_running', 1, 1, 'queued', 0, 0, null, null, now()),
  ('rol_cancelling', 'blue', 'job_cancelling', 0, 0, 'running', 1, 1, 'alive', now() + interval '1 hour', now());
insert into rollouts
  (id, tenant, job_id, task_index, rollout_index, state, attempts, fence, outcome, reward, masked, truncated_by, reason,
   reward_components, metrics, times, sequence, record_segment, record_offset, record_length, ended_at)
values
  ('rol_scored', 'red', 'job_running', 2, 0, 'done', 1, 1, 'scored', 0.25, false, null, null,
   '{"tests":0.25}', '{"turns":2}', '{"total_ms":9,"model_ms":5,"tools_ms":1,"verify_ms":1}', 1,
   '20260101t000000-0123456789ab-000001', 87, 434, '2026-01-01 00:02:30Z'),
  ('rol_truncated', 'red', 'job_running', 2, 1, 'done', 1, 1, 'truncated', 0.5, false, 'turns', null,
   null, '{}', null, 2, '20260101t000000-0123456789ab-000001', 87, 434, '2026-01-01 00:02:31Z'),
  ('rol_masked', 'red', 'job_running', 3, 0, 'done', 6, 6, 'sandbox_error', null, true, null, 'sandbox_lost',
   null, '{}', null, 3, null, null, null, '2026-01-01 00:02:32Z'),
  ('rol_timed_out', 'red', 'job_running', 3, 1, 'done', 1, 2, 'timed_out', null, true, null, 'lease_lost',
   null, null, null, 4, null, null, null, '2026-01-01 00:02:33Z'),
  ('rol_gone', 'blue', 'job_cancelling', 1, 0, 'done', 0, 1, 'cancelled', null, true, null, 'cancelled',
   null, null, null, 1, null, null, null, '2026-01-01 00:04:30Z'),
  ('rol_completed', 'blue', 'job_completed', 0, 0, 'done', 1, 1, 'scored', 1, false, null, null,
   null, '{}', null, 1, '20260101t000000-0123456789ab-000001', 87, 434, '2026-01-01 00:07:00Z'),
  ('rol_cancelled', 'blue', 'job_cancelled', 0, 0, 'done', 0, 1, 'cancelled', null, true, null, 'cancelled',
   null, null, null, 1, null, null, null, '2026-01-01 00:09:00Z');

insert into attempts (tenant, rollout_id, number, worker, started_at, ended_at, outcome, error, retried) values
  ('red', 'rol_delayed', 1, 'alive', '2026-01-01 00:02:00Z', '2026-01-01 00:02:10Z', 'model_error',
   '{"code":"model_timeout","message":"m","context":{},"hint":"h"}', true),
  ('red', 'rol_held', 1, 'alive', '2026-01-01 00:02:00Z', null, null, null, false),
  ('red', 'rol_lost', 1, 'dead', '2026-01-01 00:02:00Z', null, null, null, false),
  ('red', 'rol_scored', 1, 'alive', '2026-01-01 00:02:00Z', '2026-01-01 00:02:30Z', 'scored', null, false),
  ('blue', 'rol_cancelling', 1, 'alive', '2026-01-01 00:04:00Z', null, null, null, false),
  ('blue', 'rol_completed', 1, 'alive', '2026-01-01 00:06:00Z', '2026-01-01 00:07:00Z', 'scored', null, false);
