import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { fitsWildcards } from './wildcards.ts';

/** What a condition can ask about, by key in lower case: one value, several (`aws:TagKeys`), or none. */
export type ConditionContext = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Tests one value of a request against one of the policy's. */
type Comparison = (value: string, wanted: string) => boolean;

const equals: Comparison = (value, wanted) => value === wanted;
const equalsIgnoringCase: Comparison = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const like: Comparison = (value, wanted) => fitsWildcards(wanted, value);
const byDate =
  (holds: (value: number, wanted: number) => boolean): Comparison =>
  (value, wanted) =>
    holds(dateOf(value), dateOf(wanted));

/** IAM's operators that make sense for X-Ray's keys. A negated one holds when none of the policy's values fits. */
const operators: Readonly<Record<string, { compare: Comparison; negated?: true }>> = {
  StringEquals: { compare: equals },
  StringNotEquals: { compare: equals, negated: true },
  StringEqualsIgnoreCase: { compare: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { compare: equalsIgnoringCase, negated: true },
  StringLike: { compare: like },
  StringNotLike: { compare: like, negated: true },
  ArnEquals: { compare: like },
  ArnNotEquals: { compare: like, negated: true },
  ArnLike: { compare: like },
  ArnNotLike: { compare: like, negated: true },
  Bool: { compare: equalsIgnoringCase },
  IpAddress: { compare: isInNetwork },
  NotIpAddress: { compare: isInNetwork, negated: true },
  DateEquals: { compare: byDate((a, b) => a === b) },
  DateNotEquals: { compare: byDate((a, b) => a === b), negated: true },
  DateLessThan: { compare: byDate((a, b) => a < b) },
  DateLessThanEquals: { compare: byDate((a, b) => a <= b) },
  DateGreaterThan: { compare: byDate((a, b) => a > b) },
  DateGreaterThanEquals: { compare: byDate((a, b) => a >= b) },
};

/** Keys that have a value here; a key after which anything may follow ends in a slash. */
const keys = [
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:username',
  'aws:RequestedRegion',
  'aws:SourceIp',
  'aws:SecureTransport',
  'aws:CurrentTime',
  'aws:TagKeys',
  'aws:RequestTag/',
  'aws:ResourceTag/',
  'xray:ResourcePolicyName',
  'xray:TraceSegmentDestination',
];

const values = z
  .union([
    z.string(),
    z.boolean(),
    z.number(),
    z.array(z.union([z.string(), z.boolean(), z.number()])).min(1),
  ])
  .transform((given) => (Array.isArray(given) ? given : [given]).map(String));

/** The Condition of a statement. An operator or a key that has no meaning here is refused: it would never hold. */
export const condition = z
  .record(z.string(), z.record(z.string(), values))
  .superRefine((blocks, context) => {
    for (const [operator, block] of Object.entries(blocks)) {
      const name = plainOperator(operator);
      if (!Object.hasOwn(operators, name) && name !== 'Null') {
        const message = `${operator} is not supported. Use one of: ${[...Object.keys(operators), 'Null'].join(', ')}.`;
        context.addIssue({ code: 'custom', path: [operator], message });
      }
      for (const [key, wanted] of Object.entries(block)) {
        const path = [operator, key];
        if (!isKnownKey(key)) {
          const message = `no request has ${key} here. Use one of: ${keys.join(', ')}.`;
          context.addIssue({ code: 'custom', path, message });
        }
        const unusable = wanted.find((value) => !isUsable(name, value));
        if (unusable !== undefined) {
          context.addIssue({ code: 'custom', path, message: `"${unusable}" is no value for ${operator}.` });
        }
      }
    }
  })
  .transform((blocks) =>
    Object.entries(blocks).flatMap(([operator, block]) =>
      Object.entries(block).map(([key, wanted]) => conditionOf(operator, key.toLowerCase(), wanted)),
    ),
  );

export type Condition = (context: ConditionContext) => boolean;

function conditionOf(operator: string, key: string, wanted: readonly string[]): Condition {
  const name = plainOperator(operator);
  if (name === 'Null') {
    return (context) => wanted.some((value) => (value === 'true') === (valuesOf(context, key).length === 0));
  }
  const { compare, negated = false } = operators[name]!;
  const fits = (value: string) => wanted.some((one) => compare(value, one)) !== negated;

  if (operator.startsWith('ForAllValues:')) return (context) => valuesOf(context, key).every(fits);
  if (operator.startsWith('ForAnyValue:')) return (context) => valuesOf(context, key).some(fits);
  // A key the request does not have: a negated operator holds, another does not, unless IfExists asks only if it is there.
  const whenAbsent = negated || operator.endsWith('IfExists');
  return (context) => {
    const present = valuesOf(context, key);
    return present.length === 0 ? whenAbsent : present.some(fits);
  };
}

function valuesOf(context: ConditionContext, key: string): readonly string[] {
  const value = context[key];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

const plainOperator = (operator: string): string =>
  operator.replace(/^For(AllValues|AnyValue):/, '').replace(/(?<!^Null)IfExists$/, '');

const isKnownKey = (key: string): boolean =>
  keys.some((known) =>
    known.endsWith('/')
      ? key.toLowerCase().startsWith(known.toLowerCase()) && key.length > known.length
      : key.toLowerCase() === known.toLowerCase(),
  );

function isUsable(operator: string, value: string): boolean {
  if (operator === 'Null' || operator === 'Bool') return /^(true|false)$/i.test(value);
  if (operator.startsWith('Date')) return !Number.isNaN(dateOf(value));
  if (operator.endsWith('IpAddress')) return networkOf(value) !== undefined;
  return !value.includes('${');
}

/** A date of a policy: ISO 8601 or epoch seconds. */
const dateOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

function isInNetwork(address: string, network: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return networkOf(network)?.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4') ?? false;
}

/** An address or a CIDR block, `10.0.0.0/8`; undefined for anything else. */
function networkOf(text: string): BlockList | undefined {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const length = bits === undefined ? most : Number(bits);
  if (version === 0 || !Number.isInteger(length) || length < 0 || length > most) return undefined;
  const list = new BlockList();
  list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4');
  return list;
}
