/** A fault's settings form, made from the JSON Schema of its parameters. */

export interface Setting {
  name: string;
  label: string;
  type: 'number' | 'integer' | 'boolean' | 'choice' | 'text';
  description: string | undefined;
  minimum: number | undefined;
  maximum: number | undefined;
  step: number | 'any';
  /** As JSON has them: a status is a number. */
  choices: unknown[];
  /** What a text has to match, as a regular expression. */
  pattern: string | undefined;
  initial: unknown;
  required: boolean;
}

interface Property {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  pattern?: string;
  enum?: unknown[];
  /** A union of literals: `{ const }` each. */
  anyOf?: { const?: unknown }[];
}

/** The settings in the schema's order. Members it cannot show as a field are left to their defaults. */
export function settingsOf(schema: Record<string, unknown>): Setting[] {
  const properties = (schema.properties ?? {}) as Record<string, Property>;
  const required = new Set((schema.required ?? []) as string[]);
  return Object.entries(properties).flatMap(([name, property]) => {
    const type = typeOf(property);
    if (!type) return [];
    return [
      {
        name,
        label: property.title ?? labelOf(name),
        type,
        description: property.description,
        minimum: property.minimum ?? property.exclusiveMinimum,
        maximum: isSafe(property.maximum) ? property.maximum : undefined,
        step: type === 'integer' ? 1 : 'any',
        choices: choicesOf(property) ?? [],
        pattern: property.pattern,
        initial: property.default,
        required: required.has(name) && property.default === undefined,
      },
    ];
  });
}

/** zod writes an integer's natural limits; they say nothing to a reader. */
const isSafe = (limit: number | undefined) =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

/** The values of an enum or of a union of literals; a union of anything else is no choice. */
function choicesOf({ enum: values, anyOf }: Property): unknown[] | undefined {
  if (values) return values;
  return anyOf?.every((one) => 'const' in one) ? anyOf.map((one) => one.const) : undefined;
}

function typeOf(property: Property): Setting['type'] | undefined {
  const { type } = property;
  if (choicesOf(property)) return 'choice';
  const name = Array.isArray(type) ? type.find((one) => one !== 'null') : type;
  if (name === 'number' || name === 'integer' || name === 'boolean') return name;
  return name === 'string' ? 'text' : undefined;
}

/** `jitterMilliseconds` → `Jitter (milliseconds)`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const unit = /^(.+) (milliseconds|seconds|units)$/.exec(words);
  const text = unit ? `${unit[1]} (${unit[2]})` : words;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The form's texts as JSON values; empty fields are left out, so that the fault's own default holds. */
export function parametersFrom(
  settings: readonly Setting[],
  values: Record<string, unknown>,
): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const { name, type, choices } of settings) {
    const value = values[name];
    if (value === undefined || value === null || value === '') continue;
    if (type === 'choice')
      parameters[name] = choices.find((choice) => String(choice) === String(value)) ?? value;
    else parameters[name] = type === 'number' || type === 'integer' ? Number(value) : value;
  }
  return parameters;
}
