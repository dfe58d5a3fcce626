import type { ServiceSelector } from '../filter-expression/expression.ts';
import type { ServiceId } from '../vocabulary.ts';
import type { DigestBlock } from './digest-block.ts';

/** Whether a service is meant. Members a selector leaves out match anything. */
export const isServiceSelected = (
  { name, type, accountId }: ServiceSelector,
  id: ServiceId,
  account: string | undefined,
): boolean =>
  (name === undefined || id.Name === name) &&
  (type === undefined || id.Type === type) &&
  (accountId === undefined || account === accountId);

/** The test for the services of a block, by number. Each block's services are compared once. */
export function servicesSelectedBy(
  selector: ServiceSelector,
): (block: DigestBlock, service: number) => boolean {
  let known: DigestBlock | undefined;
  let selected = new Uint8Array();
  return (block, service) => {
    if (block !== known) {
      known = block;
      selected = new Uint8Array(block.services);
      for (let i = 0; i < block.services; i++) {
        selected[i] = Number(isServiceSelected(selector, block.serviceId(i), block.accountOf(i)));
      }
    }
    return selected[service] === 1;
  };
}
