import { z } from 'zod';

/** A TCP port from an environment variable, with the one to use when the variable is not set. */
export const port = (byDefault: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a port number')
    .transform(Number)
    .refine((value) => value <= 65535, 'must be a port number, at most 65535')
    .default(byDefault);

/** The base address of another service, without a slash at the end. */
export const address = (byDefault: string) =>
  z
    .url({ protocol: /^https?$/, error: 'must be an http address, such as http://order:8082' })
    .transform((value) => value.replace(/\/$/, ''))
    .default(byDefault);

/** What every service reads: where to listen. */
export const listening = (defaultPort: number) => ({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port(defaultPort),
});

/**
 * Reads typed settings from environment variables. A variable set to nothing counts as not set.
 * Throws an Error that names each wrong variable, what it was and what it should be.
 */
export function readSettings<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(shape).map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  );
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;

  const complaints = result.error.issues.map(
    (issue) =>
      `${issue.path.join('.')} ${issue.message}, but is ${JSON.stringify(given[String(issue.path[0])])}`,
  );
  throw new Error(
    `Wrong settings: ${complaints.join('; ')}. Correct the environment variable and start again.`,
  );
}
