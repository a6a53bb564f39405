/**
 * Rollouts that may begin now beside those that run, by model, of those models that bear only so many at once. `limitOf` answers
 * null for a model without a limit.
 */
export function modelRooms(
  models: Iterable<string>,
  running: ReadonlyMap<string, number>,
  limitOf: (model: string) => number | null,
): Map<string, number> {
  const rooms = new Map<string, number>();
  for (const model of models) {
    const limit = limitOf(model);
    if (limit !== null) rooms.set(model, Math.max(0, limit - (running.get(model) ?? 0)));
  }
  return rooms;
}
