import { shapeNamed } from './service-model.ts';

/**
 * Where an answer departs from AWS's service model: a wrong JSON type, a missing required member, a value outside
 * an enum, a length or a range, a member the model does not have. Empty for an answer every client can read.
 */
export function departures(shapeName: string, value: unknown, at = 'the answer'): string[] {
  const shape = shapeNamed(shapeName);
  if (!hasType(shape.type, value)) return [`${at} is ${shown(value)}, not a ${shape.type}`];

  switch (shape.type) {
    case 'structure': {
      const members = Object.entries(value as object);
      const missing = (shape.required ?? []).filter((name) => !members.some(([key]) => key === name));
      const isUnion = shape.union === true && members.length !== 1;
      return [
        ...missing.map((name) => `${at} lacks ${name}`),
        ...(isUnion ? [`${at} is a union with ${members.length} members`] : []),
        ...members.flatMap(([key, member]) => {
          const memberShape = shape.members?.[key];
          return memberShape
            ? departures(memberShape, member, `${at}.${key}`)
            : [`${at} has a member ${key}, which the model does not know`];
        }),
      ];
    }
    case 'list': {
      const items = value as unknown[];
      return [
        ...outside(items.length, shape, `the length of ${at}`),
        ...items.flatMap((item, index) => departures(shape.member!, item, `${at}[${index}]`)),
      ];
    }
    case 'map': {
      const entries = Object.entries(value as object);
      return [
        ...outside(entries.length, shape, `the size of ${at}`),
        ...entries.flatMap(([key, item]) => [
          ...departures(shape.key!, key, `a key of ${at}`),
          ...departures(shape.value!, item, `${at}.${key}`),
        ]),
      ];
    }
    case 'string': {
      const text = value as string;
      const isListed = !shape.enum || shape.enum.includes(text);
      const fits = !shape.pattern || new RegExp(`^(?:${shape.pattern})$`).test(text);
      return [
        ...outside(text.length, shape, `the length of ${at}`),
        ...(isListed ? [] : [`${at} is '${text}', not one of ${shape.enum!.join(', ')}`]),
        ...(fits ? [] : [`${at} is '${text}', which does not match ${shape.pattern}`]),
      ];
    }
    case 'integer':
    case 'long':
    case 'double':
      return outside(value as number, shape, at);
    default:
      return [];
  }
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'structure':
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'list':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
    case 'long':
      return Number.isSafeInteger(value);
    case 'double':
    case 'timestamp':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function outside(size: number, { min, max }: { min?: number; max?: number }, what: string): string[] {
  if (min !== undefined && size < min) return [`${what} is ${size}, less than ${min}`];
  if (max !== undefined && size > max) return [`${what} is ${size}, more than ${max}`];
  return [];
}

const shown = (value: unknown) => (JSON.stringify(value) ?? 'undefined').slice(0, 60);
