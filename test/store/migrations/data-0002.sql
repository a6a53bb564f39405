-- What the second migration made room for.
insert into verdicts
  (tenant, rollout_id, version, rescore_id, outcome, reward, masked, truncated_by, reason, error, record_segment,
   record_offset, record_length, created_at)
values
  ('red', 'rol_scored', 2, 'res_1', 'scored', 1, false, null, null, null, '20260101t000000-0123456789ab-000001', 87, 434,
   '2026-01-02 00:00:00Z'),
  ('red', 'rol_scored', 3, 'res_2', 'verifier_error', null, true, null, 'verifier_failed',
   '{"code":"verifier_failed","message":"m","context":{},"hint":"h"}', null, null, null, '2026-01-03 00:00:00Z');
