import * as xray from '@aws-sdk/client-xray';
import type { XRayClient } from '@aws-sdk/client-xray';
import { after } from 'node:test';
import { eventually, onlyLocal, type Backend } from '../harness.ts';
import type { Output, World } from './calls.ts';
import { makeTrouble } from './insight.ts';
import { operationNamed, toClient, toWire } from './official-model/service-model.ts';

type Command = new (input: object) => Parameters<XRayClient['send']>[0];

/** Calls an operation through `@aws-sdk/client-xray`; input and answer in the form of the wire. */
export async function sendThrough(client: XRayClient, operation: string, input: object): Promise<Output> {
  const { input: inputShape, output: outputShape } = operationNamed(operation);
  const Command = (xray as unknown as Record<string, Command>)[`${operation}Command`]!;
  const { $metadata: _, ...answer } = await client.send(new Command(toClient(inputShape, input) as object));
  return withoutUndefined(toWire(outputShape, answer));
}

/** The world of calls.ts, made through the JavaScript client. What it makes in AWS is deleted after the tests. */
export function worldOf({ client, store }: Backend): World {
  const made: { operation: string; input: object }[] = [];
  after(async () => {
    if (!onlyLocal) return; // the local store is gone with this process
    for (const { operation, input } of made) await sendThrough(client, operation, input).catch(() => {});
  });

  const send = async (operation: string, input: object) => {
    const output = await sendThrough(client, operation, input);
    const deletion = undoes[operation]?.(output);
    if (deletion) made.push(deletion);
    return output;
  };
  return {
    send,
    eventually,
    trouble(wanted) {
      if (!store) throw new Error('Insights are made here from a store of our own.');
      return makeTrouble(send, store, wanted);
    },
  };
}

const undoes: Readonly<Record<string, (output: Output) => { operation: string; input: object }>> = {
  CreateGroup: ({ Group }) => ({ operation: 'DeleteGroup', input: { GroupName: Group.GroupName } }),
  CreateSamplingRule: ({ SamplingRuleRecord: { SamplingRule } }) => ({
    operation: 'DeleteSamplingRule',
    input: { RuleName: SamplingRule.RuleName },
  }),
};

/** Posts any body to a path of the local API, as no official client would. */
export async function post(
  endpoint: string,
  path: string,
  body: string,
): Promise<{ status: number; code: string; message: string; answer: Output }> {
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', body });
  const text = await response.text();
  const answer: Output = text ? JSON.parse(text) : {};
  return {
    status: response.status,
    code: response.headers.get('x-amzn-errortype') ?? '',
    message: answer.Message ?? '',
    answer,
  };
}

/** The JS client names every member it knows, absent ones as undefined. */
const withoutUndefined = (value: unknown): Output => JSON.parse(JSON.stringify(value));
