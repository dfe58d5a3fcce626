import { readFileSync } from 'node:fs';

/** A shape of AWS's service model. Lengths count characters, items or entries; ranges are of the number itself. */
export interface Shape {
  type: 'structure' | 'list' | 'map' | 'string' | 'integer' | 'long' | 'double' | 'boolean' | 'timestamp';
  /** Of a structure: shape names by member. */
  members?: Record<string, string>;
  required?: string[];
  /** A structure of which exactly one member is set. */
  union?: boolean;
  /** Shape name of a list's items. */
  member?: string;
  /** Shape names of a map. */
  key?: string;
  value?: string;
  min?: number;
  max?: number;
  enum?: string[];
  pattern?: string;
}

export interface OperationModel {
  path: string;
  /** Shape names. */
  input: string;
  output: string;
  errors: string[];
  /** botocore has a paginator for it. */
  paginated: boolean;
}

export interface ServiceModel {
  source: string;
  operations: Record<string, OperationModel>;
  shapes: Record<string, Shape>;
}

export const modelFile = new URL('./service-model.json', import.meta.url);

/** The committed extraction; extract.ts makes it. */
export const serviceModel = JSON.parse(readFileSync(modelFile, 'utf8')) as ServiceModel;

/** Throws for a name the model does not know. */
export function shapeNamed(name: string): Shape {
  const shape = serviceModel.shapes[name];
  if (!shape) throw new Error(`AWS's service model has no shape ${name}.`);
  return shape;
}

/** Throws for a name the model does not know. */
export function operationNamed(name: string): OperationModel {
  const operation = serviceModel.operations[name];
  if (!operation) throw new Error(`AWS's service model has no operation ${name}.`);
  return operation;
}

/** One place in a value: member names, item numbers, map keys. */
export type Path = readonly (string | number)[];

/** A value of the wire (timestamps in epoch seconds) as the JS client takes it (timestamps as Date). */
export function toClient(shapeName: string, value: unknown): unknown {
  return mapTimestamps(shapeName, value, (seconds) => new Date((seconds as number) * 1000));
}

/** What the JS client gave (timestamps as Date), as it was on the wire (epoch seconds). */
export function toWire(shapeName: string, value: unknown): unknown {
  return mapTimestamps(shapeName, value, (date) => (date as Date).getTime() / 1000);
}

function mapTimestamps(shapeName: string, value: unknown, map: (value: unknown) => unknown): unknown {
  const shape = shapeNamed(shapeName);
  const inner = (name: string, item: unknown) => mapTimestamps(name, item, map);
  if (value === undefined || value === null) return value;
  switch (shape.type) {
    case 'timestamp':
      return map(value);
    case 'list':
      return (value as unknown[]).map((item) => inner(shape.member!, item));
    case 'map':
      return mapEntries(value, (_key, item) => inner(shape.value!, item));
    case 'structure':
      return mapEntries(value, (key, item) => {
        const member = shape.members?.[key];
        return member ? inner(member, item) : item;
      });
    default:
      return value;
  }
}

const mapEntries = (value: unknown, map: (key: string, item: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, map(key, item)]));
