/** Requests made from AWS's service model: one per constraint that breaks it, one per limit that just keeps it. */
import { operationNamed, shapeNamed, type Path, type Shape } from './service-model.ts';

export interface ModelRequest {
  /** `SamplingRule.RuleName too long`: the member's place and what was done to it. */
  name: string;
  /** The member's own name, which the answer to a broken constraint must contain. */
  member: string;
  body: unknown;
}

/** Members of AWS's integers have 32 bits. */
const tooLargeInteger = 2 ** 31;

/**
 * For each constraint of each member at each depth: `base` with that one broken. `base` must be valid and hold every
 * structure and list the operation knows; throws for a place it does not reach.
 */
export function brokenRequests(operation: string, base: object): ModelRequest[] {
  return [...everyPlace(operationNamed(operation).input, base, [])].flatMap((place) =>
    breaks(place).map(({ how, value }) => request(base, place.path, how, value)),
  );
}

/**
 * For each minimum, maximum and enum value: `base` with exactly that. The same demand on `base` as above.
 */
export function extremeRequests(operation: string, base: object): ModelRequest[] {
  return [...everyPlace(operationNamed(operation).input, base, [])].flatMap((place) =>
    extremes(place).map(({ how, value }) => request(base, place.path, how, value)),
  );
}

interface Place {
  path: Path;
  shape: Shape;
  required: boolean;
  /** What the base has there; undefined where it has nothing. */
  value: unknown;
}

interface Change {
  how: string;
  /** Undefined takes the member away. */
  value: unknown;
}

function* everyPlace(shapeName: string, value: unknown, path: Path): Generator<Place> {
  const shape = shapeNamed(shapeName);
  if (value === undefined && ['structure', 'list', 'map'].includes(shape.type)) {
    throw new Error(`The base input lacks ${path.join('.')}, so what is below it cannot be tried.`);
  }
  if (shape.type === 'structure') {
    for (const [name, member] of Object.entries(shape.members ?? {})) {
      const inner = (value as Record<string, unknown>)[name];
      const required = shape.required?.includes(name) ?? false;
      yield { path: [...path, name], shape: shapeNamed(member), required, value: inner };
      yield* everyPlace(member, inner, [...path, name]);
    }
  } else if (shape.type === 'list') {
    const first = (value as unknown[])[0];
    yield { path: [...path, 0], shape: shapeNamed(shape.member!), required: false, value: first };
    yield* everyPlace(shape.member!, first, [...path, 0]);
  } else if (shape.type === 'map') {
    const [key, item] = Object.entries(value as object)[0]!;
    yield { path: [...path, key], shape: shapeNamed(shape.value!), required: false, value: item };
  }
}

/** A value of another JSON type for each type of the model. */
const wrongTypes: Record<Shape['type'], readonly unknown[]> = {
  structure: ['text', ['list']],
  list: ['text', { an: 'object' }],
  map: ['text', ['list']],
  string: [17, { an: 'object' }],
  integer: ['seven', 1.5, tooLargeInteger],
  long: ['seven', 1.5],
  double: ['NaN', true],
  boolean: ['true', 1],
  timestamp: ['2026-11-22T00:00:00Z', true],
};

function breaks({ shape, required, value }: Place): Change[] {
  const { type, min, max } = shape;
  const changes: Change[] = wrongTypes[type].map((wrong) => ({
    how: `is ${JSON.stringify(wrong)}`,
    value: wrong,
  }));
  if (required) changes.push({ how: 'missing', value: undefined }, { how: 'null', value: null });
  if (shape.enum) changes.push({ how: 'outside its enum', value: 'neither' });
  if (shape.pattern) changes.push({ how: 'against its pattern', value: 'no pattern allows this: !' });
  if (shape.union) changes.push({ how: 'a union of nothing', value: {} });
  if (min !== undefined && (type !== 'string' && type !== 'list' && type !== 'map' ? true : min > 0)) {
    changes.push({ how: `below ${min}`, value: ofSize(shape, value, min - 1) });
  }
  if (max !== undefined) changes.push({ how: `above ${max}`, value: ofSize(shape, value, max + 1) });
  if (type === 'map') {
    const key = shapeNamed(shape.key!);
    if (key.max !== undefined) {
      changes.push({ how: 'key too long', value: { ['k'.repeat(key.max + 1)]: 'value' } });
    }
    if (key.min) changes.push({ how: 'key too short', value: { '': 'value' } });
  }
  return changes;
}

function extremes({ shape, value }: Place): Change[] {
  const { min, max } = shape;
  const sizes = [...new Set([min, max].filter((size) => size !== undefined))];
  return [
    ...(shape.enum ?? []).map((name) => ({ how: `is ${name}`, value: name })),
    ...sizes.map((size) => ({ how: `at ${size}`, value: ofSize(shape, value, size) })),
  ];
}

/** A value of that length, or that number. */
function ofSize({ type }: Shape, value: unknown, size: number): unknown {
  switch (type) {
    case 'string':
      return 'x'.repeat(size);
    case 'list':
      return Array.from({ length: size }, () => (value as unknown[])[0]);
    case 'map':
      return Object.fromEntries(Array.from({ length: size }, (_, index) => [`key${index}`, 'value']));
    default:
      return size;
  }
}

function request(base: object, path: Path, how: string, value: unknown): ModelRequest {
  const places = path.map((step) => (typeof step === 'number' ? '*' : step));
  return {
    name: `${places.join('.')} ${how}`,
    member: String(path.findLast((step) => typeof step === 'string')),
    body: withValue(base, path, value),
  };
}

function withValue(base: object, path: Path, value: unknown): unknown {
  const body = structuredClone(base) as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce((at, step) => at[step] as Record<string | number, unknown>, body);
  const last = path.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return body;
}
