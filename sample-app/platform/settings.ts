import { z } from 'zod';
import type { Replica } from './http-client.ts';

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

/**
 * The addresses of a service's replicas, with how much of the calls each gets where they differ:
 * `http://inventory:8084*4,http://inventory-2:8086*1`.
 */
export const replicas = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .transform((text, context): Replica[] =>
      text.split(',').map((entry) => {
        const [, url = '', weight = '1'] =
          /^\s*(https?:\/\/[^*\s]+?)\/?(?:\*(\d{1,3}))?\s*$/.exec(entry) ?? [];
        if (!URL.canParse(url) || Number(weight) === 0) {
          context.addIssue(
            'must be http addresses, such as http://inventory:8084*4,http://inventory-2:8086*1',
          );
        }
        return { url, weight: Number(weight) };
      }),
    );

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
