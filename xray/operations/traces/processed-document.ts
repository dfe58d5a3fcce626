import { awsOf } from '../../model/index.ts';
import type { Entity, Subsegment } from '../../model/vocabulary.ts';
import { forEachEntity } from '../../model/walk.ts';

/**
 * The order of members in X-Ray's own documents, seen in every official sample: what a reader wants first comes
 * first, and the long list of subsegments last. Members not named here stand before `subsegments`.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html
 */
const first = [
  'id',
  'name',
  'start_time',
  'end_time',
  'in_progress',
  'parent_id',
  'inferred',
  'fault',
  'error',
  'throttle',
  'http',
  'cause',
  'aws',
  'service',
  'annotations',
  'metadata',
  'namespace',
  'trace_id',
  'user',
  'origin',
  'resource_arn',
];

/**
 * The JSON text of a segment or subsegment as X-Ray gives it back: members in X-Ray's order, its subsegments' too, and
 * the recognised resource (`resource_names`) in the calls to AWS. Writes with its own stack: a trace of subsegments
 * that travelled alone can nest deeper than `JSON.stringify` can go.
 */
export function processedDocument(entity: Entity): string {
  let text = '';
  // What is still to be written, last first: entities, and the signs between and after them.
  const waiting: (Entity | string)[] = [entity];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') {
      text += next;
      continue;
    }
    const own = JSON.stringify(ownMembers(next));
    const inner = next.subsegments ?? [];
    if (inner.length === 0) {
      text += own;
      continue;
    }
    text += `${own.slice(0, -1)},"subsegments":[`;
    waiting.push(']}');
    for (let i = inner.length - 1; i >= 0; i--) waiting.push(inner[i]!, ...(i > 0 ? [','] : []));
  }
  return text;
}

/** How many characters the documents of an entity have. */
export interface DocumentLength {
  /** With everything inside. */
  whole: number;
  /** Without its subsegments. */
  alone: number;
}

/** The length of the document of an entity and of each one inside it, from one pass over them all. */
export function documentLengths(entity: Entity): ReadonlyMap<Entity, DocumentLength> {
  const entities: Entity[] = [];
  forEachEntity(entity, (each) => entities.push(each));
  const lengths = new Map<Entity, DocumentLength>();
  // Inner ones before what they are in.
  for (const each of entities.reverse()) {
    const alone = ownLength(each);
    const inner = each.subsegments ?? [];
    let whole = alone;
    if (inner.length > 0) whole += ',"subsegments":[]'.length + inner.length - 1;
    for (const subsegment of inner) whole += lengths.get(subsegment)!.whole;
    lengths.set(each, { whole, alone });
  }
  return lengths;
}

/** Characters of the document of an entity without its subsegments. */
export const ownLength = (entity: Entity): number => JSON.stringify(ownMembers(entity)).length;

/** Everything but the subsegments, in X-Ray's order. */
function ownMembers(entity: Entity): Record<string, unknown> {
  const { subsegments: _, ...rest } = entity as Subsegment & Record<string, unknown>;
  const aws = rest.aws && awsOf(rest);
  const members: Record<string, unknown> = aws === undefined ? rest : { ...rest, aws };
  const ordered: Record<string, unknown> = {};
  for (const key of first) if (key in members) ordered[key] = members[key];
  return Object.assign(ordered, members);
}
