/**
 * Rollouts that may begin now, by model, of those models that bear only so many at once. `limitOf` answers null for a model without
 * a limit.
 */
export function modelRooms(
  models: Iterable<string>,
  active: Iterable<string>,
  limitOf: (model: string) => number | null,
): Map<string, number> {
  const running = new Map<string, number>();
  for (const model of active) running.set(model, (running.get(model) ?? 0) + 1);
  const rooms = new Map<string, number>();
  for (const model of models) {
    const limit = limitOf(model);
    if (limit !== null) rooms.set(model, Math.max(0, limit - (running.get(model) ?? 0)));
  }
  return rooms;
}
