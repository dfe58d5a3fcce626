/** A fault's settings form, made from JSON Schema, and the request that it becomes. */
import type {
  FaultDescription,
  FaultRequest,
  FaultSettingsDescription,
} from '@xray-lab/labs/server/contract';

export interface Setting {
  name: string;
  /** Where it stands in the request, and what a refusal calls it: `parameters.share`, `schedule.onSeconds`. */
  path: string;
  label: string;
  type: 'number' | 'integer' | 'boolean' | 'choice' | 'text';
  description: string | undefined;
  /** What it may be, in words: `number, 0 to 1`. */
  allowed: string;
  minimum: number | undefined;
  /** As JSON has them: a status is a number. */
  choices: unknown[];
  /** What a text has to match, as a regular expression. */
  pattern: string | undefined;
  /** What holds when it is left out. */
  initial: unknown;
}

/** What has been put into the fields, by path. A field that nobody touched is not in it. */
export type Form = Record<string, string | boolean>;

interface Property {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  pattern?: string;
  enum?: unknown[];
  /** A union of literals: `{ const }` each. */
  anyOf?: { const?: unknown }[];
}

/** The fault's own settings, in the schema's order. */
export const parametersOf = (fault: Pick<FaultDescription, 'parameters' | 'allowed'>): Setting[] =>
  settingsOf(fault, 'parameters.');

/** Those that can be asked of this fault as of any other: how long, for how many requests, by turns. */
export const commonSettingsOf = (settings: FaultSettingsDescription, fault: FaultDescription): Setting[] =>
  settingsOf(settings, '').filter(({ path }) => path !== 'share' || fault.actsOnRequests);

/** Members it cannot show as a field are left to their defaults. */
function settingsOf(
  { parameters, allowed }: { parameters: Record<string, unknown>; allowed: Record<string, string> },
  under: string,
): Setting[] {
  const properties = (parameters.properties ?? {}) as Record<string, Property>;
  return Object.entries(properties).flatMap(([name, property]) => {
    const type = typeOf(property);
    if (!type) return [];
    return [
      {
        name,
        path: `${under}${name}`,
        label: property.title ?? labelOf(name),
        type,
        description: property.description,
        allowed: allowed[name] ?? '',
        minimum: property.minimum ?? property.exclusiveMinimum,
        choices: choicesOf(property) ?? [],
        pattern: property.pattern,
        initial: property.default,
      },
    ];
  });
}

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

/**
 * The form as a request. Fields that are empty, or that nobody touched, are left out: the seed or the fault's own default
 * decides. What is no number stays the text that it is, so that the lab refuses it by name.
 */
export function requestFrom(settings: readonly Setting[], form: Form): FaultRequest {
  const request: Record<string, unknown> = {};
  for (const setting of settings) {
    const written = form[setting.path];
    const value = typeof written === 'string' ? written.trim() : written;
    if (value === undefined || value === '') continue;
    const [member, ...parents] = setting.path.split('.').reverse();
    let object = request;
    for (const parent of parents.reverse()) object = (object[parent] ??= {}) as Record<string, unknown>;
    object[member!] = jsonOf(setting, value);
  }
  return request as FaultRequest;
}

function jsonOf({ type, choices }: Setting, value: string | boolean): unknown {
  if (type === 'choice') return choices.find((choice) => String(choice) === value) ?? value;
  if (type !== 'number' && type !== 'integer') return value;
  return Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Whether the form leaves this setting to the seed. */
export const isDrawn = ({ name, path }: Setting, form: Form, { draws }: FaultDescription): boolean =>
  path.startsWith('parameters.') && isFilled(form['seed']) && !isFilled(form[path]) && draws.includes(name);

/** What the field shows: what was put into it, or what holds as long as it is left alone. */
export function shownIn(setting: Setting, form: Form, fault: FaultDescription): string | boolean {
  const written = form[setting.path];
  if (written !== undefined && (written !== '' || setting.type !== 'choice')) return written;
  if (setting.type === 'boolean') return setting.initial === true;
  return isDrawn(setting, form, fault) ? '' : String(setting.initial ?? '');
}

/** What a seed does to this fault. */
export function aboutSeed(parameters: readonly Setting[], { draws }: FaultDescription): string {
  const labels = parameters.filter(({ name }) => draws.includes(name)).map(({ label }) => label);
  if (labels.length === 0) return 'Sets the lengths of the turns; this fault has nothing else to draw';
  return `Draws what you leave alone of: ${labels.join(', ')}; and the lengths of the turns`;
}

/** Which of these are filled in: what a closed disclosure has to tell. */
export const filledIn = (settings: readonly Setting[], form: Form): string =>
  settings
    .filter(({ path }) => isFilled(form[path]))
    .map(({ label, path }) => `${label}: ${form[path]}`)
    .join(' · ');

const isFilled = (written: string | boolean | undefined) =>
  typeof written === 'string' ? written.trim() !== '' : written !== undefined;

/** A refusal as it reads at the field it names: `share: must be at most 1.` without the name. */
export function refusalAt(path: string, problem: { field: string | undefined; message: string } | undefined) {
  if (problem?.field !== path) return undefined;
  const text = problem.message.startsWith(`${path}: `)
    ? problem.message.slice(path.length + 2)
    : problem.message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
