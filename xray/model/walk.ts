import type { Entity } from './vocabulary.ts';

/**
 * Visits the entity and everything inside it, outer before inner, in the order of the document. Keeps its own stack:
 * subsegments may nest as deep as their sender likes.
 */
export function forEachEntity(entity: Entity, visit: (entity: Entity) => void): void {
  visit(entity);
  if (entity.subsegments === undefined) return;
  const waiting: Entity[] = entity.subsegments.toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    visit(next);
    const inner = next.subsegments;
    if (inner !== undefined) for (let i = inner.length - 1; i >= 0; i--) waiting.push(inner[i]!);
  }
}
