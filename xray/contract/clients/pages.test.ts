import * as xray from '@aws-sdk/client-xray';
import type { XRayClient } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { onlyLocal, startBackend } from '../harness.ts';
import { listings, type Listing } from './listings.ts';
import { serviceModel, shapeNamed, toClient, toWire } from './official-model/service-model.ts';
import { sendThrough, worldOf } from './world.ts';

/** Lists with one page, because AWS has no way to make more items. */
const onePage = ['GetIndexingRules'];

const skip = onlyLocal;
const backend = await startBackend({ limits: limitProfiles.lenient });
const world = worldOf(backend);
const { client } = backend;

const operationsWithToken = Object.entries(serviceModel.operations)
  .filter(([, { input }]) => shapeNamed(input).members?.['NextToken'] !== undefined)
  .map(([name]) => name)
  .sort();

const paginators = Object.keys(xray).filter((name) => name.startsWith('paginate'));

test('every operation with a NextToken is listed here, and every paginator of the JavaScript client', () => {
  assert.deepEqual([...Object.keys(listings), ...onePage].sort(), operationsWithToken);
  const paginated = paginators.map((name) => name.replace('paginate', ''));
  assert.deepEqual(
    paginated.filter((name) => !listings[name]),
    [],
  );
});

type Page = Record<string, unknown>;
type Paginate = (config: { client: XRayClient }, input: unknown) => AsyncIterable<Page>;

/** The pages of a list, by the client's paginator where it has one, else token by token. */
async function* pagesOf(operation: string, input: object): AsyncGenerator<Page> {
  const { input: inputShape, output: outputShape } = serviceModel.operations[operation]!;
  const paginate = (xray as unknown as Record<string, Paginate>)[`paginate${operation}`];
  if (paginate) {
    for await (const page of paginate({ client }, toClient(inputShape, input))) {
      yield toWire(outputShape, page) as Page;
    }
    return;
  }
  let token: unknown;
  do {
    const page = await sendThrough(
      client,
      operation,
      token === undefined ? input : { ...input, NextToken: token },
    );
    yield page;
    token = page.NextToken;
  } while (token !== undefined);
}

/** The keys of a list's items, page by page; `between` runs after the first page. */
async function keysOfPages(
  operation: string,
  { keys }: Listing,
  input: object,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[][]> {
  const pages: string[][] = [];
  for await (const page of pagesOf(operation, input)) {
    pages.push(keys(page));
    if (pages.length === 1) await between();
  }
  return pages;
}

const repeated = (keys: readonly string[]) => keys.filter((key, index) => keys.indexOf(key) !== index);

for (const [operation, listing] of Object.entries(listings)) {
  describe(operation, { skip }, () => {
    let made: Awaited<ReturnType<Listing['make']>>;
    before(async () => {
      made = await listing.make(world);
    });

    test('yields each item once, over more than one page', async () => {
      const pages = await keysOfPages(operation, listing, made.input);
      assert.ok(pages.length > 1, `${pages.length} page of ${pages[0]?.length} items`);
      assert.deepEqual(new Set(pages.flat()), new Set(made.keys));
      assert.equal(pages.flat().length, made.keys.length);
    });

    if (listing.arrives) {
      test('yields each item once while new ones arrive between the pages', async () => {
        const pages = await keysOfPages(operation, listing, made.input, () => listing.arrives!(world));
        const found = pages.flat();
        assert.deepEqual(repeated(found), []);
        assert.deepEqual(
          made.keys.filter((key) => !found.includes(key)),
          [],
        );
      });
    }

    test('refuses a token of another list, and a text that is none', async () => {
      const [other, { make }] = Object.entries(listings).find(([name]) => name !== operation)!;
      const { input } = await make(world);
      const { NextToken: foreign } = await sendThrough(client, other, input);
      assert.ok(foreign);
      const { NextToken: own } = await sendThrough(client, operation, made.input);
      for (const NextToken of [
        foreign,
        'garbage',
        '4',
        `${own}A`,
        own.slice(1),
        '../../etc/passwd',
        '\u0000',
      ]) {
        await assert.rejects(
          sendThrough(client, operation, { ...made.input, NextToken }),
          { name: 'InvalidRequestException', message: /NextToken/ },
          `the token ${JSON.stringify(NextToken)}`,
        );
      }
      if (!listing.another) return;
      await assert.rejects(
        sendThrough(client, operation, { ...listing.another(made.input), NextToken: own }),
        { name: 'InvalidRequestException', message: /NextToken/ },
        'a token of the same call with another question',
      );
    });
  });
}
