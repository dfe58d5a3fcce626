/**
 * Writes service-model.json: what AWS's own service model of X-Ray says about operations and shapes, without its
 * prose. Source: botocore (Apache-2.0), data/xray/2016-04-12/service-2.json and paginators-1.json.
 * To bring it up to date: pip install --upgrade boto3, then
 * `node xray/contract/clients/official-model/extract.ts`.
 */
import { writeFileSync } from 'node:fs';
import { botocoreModel } from '../installed.ts';
import { modelFile, type OperationModel, type ServiceModel, type Shape } from './service-model.ts';

interface BotocoreShape extends Omit<Shape, 'members' | 'member' | 'key' | 'value'> {
  members?: Record<string, { shape: string }>;
  member?: { shape: string };
  key?: { shape: string };
  value?: { shape: string };
  exception?: boolean;
  error?: { httpStatusCode: number };
  documentation?: string;
}

interface BotocoreModel {
  metadata: { apiVersion: string };
  operations: Record<
    string,
    {
      http: { requestUri: string };
      input: { shape: string };
      output: { shape: string };
      errors: { shape: string }[];
    }
  >;
  shapes: Record<string, BotocoreShape>;
}

/** The installed botocore's model in the form of service-model.json. */
export function extractedModel(): ServiceModel {
  const { version, service, paginators } = botocoreModel();
  const { metadata, operations, shapes } = service as BotocoreModel;
  const paginated = Object.keys((paginators as { pagination: object }).pagination);
  return {
    source: `botocore ${version}, xray ${metadata.apiVersion}`,
    operations: mapValues(operations, ({ http, input, output, errors }, name): OperationModel => ({
      path: http.requestUri,
      input: input.shape,
      output: output.shape,
      errors: errors.map(({ shape }) => shape),
      paginated: paginated.includes(name),
    })),
    shapes: mapValues(shapes, compact),
  };
}

function compact({ documentation: _, exception: _e, error: _h, ...shape }: BotocoreShape): Shape {
  const { members, member, key, value, ...rest } = shape;
  return {
    ...rest,
    ...(members ? { members: mapValues(members, ({ shape: name }) => name) } : {}),
    ...(member ? { member: member.shape } : {}),
    ...(key ? { key: key.shape } : {}),
    ...(value ? { value: value.shape } : {}),
  };
}

const mapValues = <From, To>(record: Record<string, From>, to: (value: From, key: string) => To) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));

if (import.meta.main) {
  writeFileSync(modelFile, `${JSON.stringify(extractedModel(), null, 2)}\n`);
}
