/** Every fault there is, in one table. To add one: write its file, add its line. */
import type { Fault } from './fault.ts';
import { authRejectsSome } from './auth-rejects-some.ts';
import { authThrottles } from './auth-throttles.ts';
import { cardNumberInTraces } from './card-number-in-traces.ts';
import { clockSkew } from './clock-skew.ts';
import { contextLostInAPool } from './context-lost-in-a-pool.ts';
import { daemonInAnotherRegion } from './daemon-in-another-region.ts';
import { daemonNotAuthorised } from './daemon-not-authorised.ts';
import { daemonSpillsOver } from './daemon-spills-over.ts';
import { daemonStopped } from './daemon-stopped.ts';
import { dynamodbNotCaptured } from './dynamodb-not-captured.ts';
import { everythingALittleSlow } from './everything-a-little-slow.ts';
import { failuresOfEveryKind } from './failures-of-every-kind.ts';
import { headerStrippedByProxy } from './header-stripped-by-proxy.ts';
import { healthChecksOversampled } from './health-checks-oversampled.ts';
import { inventoryDown } from './inventory-down.ts';
import { inventorySlow } from './inventory-slow.ts';
import { inventoryUnavailable } from './inventory-unavailable.ts';
import { legacyNPlusOne } from './legacy-n-plus-one.ts';
import { legacyQuerySlow } from './legacy-query-slow.ts';
import { mailFailsThreeTimes } from './mail-fails-three-times.ts';
import { newVersionFailsSometimes } from './new-version-fails-sometimes.ts';
import { nothingIsWrong } from './nothing-is-wrong.ts';
import { oneBadReplica } from './one-bad-replica.ts';
import { oneClientSendsNonsense } from './one-client-sends-nonsense.ts';
import { oneHotCustomer } from './one-hot-customer.ts';
import { orderComputes } from './order-computes.ts';
import { orderIdInMetadata } from './order-id-in-metadata.ts';
import { ordersTableThrottled } from './orders-table-throttled.ts';
import { ordersTableThrottledOnRead } from './orders-table-throttled-on-read.ts';
import { paymentCalledByFetch } from './payment-called-by-fetch.ts';
import { paymentProviderHangs } from './payment-provider-hangs.ts';
import { paymentProviderRefuses } from './payment-provider-refuses.ts';
import { paymentProviderSlowForOneBrand } from './payment-provider-slow-for-one-brand.ts';
import { paymentsTableDenied } from './payments-table-denied.ts';
import { poisonedTraceHeader } from './poisoned-trace-header.ts';
import { productsPageThrows } from './products-page-throws.ts';
import { rareRouteHardlySampled } from './rare-route-hardly-sampled.ts';
import { refundNeverArrives } from './refund-never-arrives.ts';
import { retryStorm } from './retry-storm.ts';
import { samplingRuleEatsCheckout } from './sampling-rule-eats-checkout.ts';
import { samplingCallsDenied } from './sampling-calls-denied.ts';
import { slowSometimes } from './slow-sometimes.ts';
import { wrongDaemonAddress } from './wrong-daemon-address.ts';

export const faults: readonly Fault[] = [
  paymentProviderHangs,
  paymentProviderRefuses,
  paymentProviderSlowForOneBrand,
  retryStorm,
  slowSometimes,
  ordersTableThrottled,
  ordersTableThrottledOnRead,
  oneHotCustomer,
  paymentsTableDenied,
  inventoryDown,
  inventorySlow,
  inventoryUnavailable,
  oneBadReplica,
  newVersionFailsSometimes,
  legacyQuerySlow,
  legacyNPlusOne,
  authRejectsSome,
  authThrottles,
  productsPageThrows,
  orderComputes,
  mailFailsThreeTimes,
  refundNeverArrives,
  contextLostInAPool,
  paymentCalledByFetch,
  headerStrippedByProxy,
  poisonedTraceHeader,
  dynamodbNotCaptured,
  orderIdInMetadata,
  cardNumberInTraces,
  clockSkew,
  wrongDaemonAddress,
  daemonStopped,
  daemonSpillsOver,
  daemonNotAuthorised,
  daemonInAnotherRegion,
  samplingCallsDenied,
  samplingRuleEatsCheckout,
  healthChecksOversampled,
  rareRouteHardlySampled,
  oneClientSendsNonsense,
  failuresOfEveryKind,
  everythingALittleSlow,
  nothingIsWrong,
];

export { areas, defineFault, type Fault, type FaultArea, type Signature } from './fault.ts';
export {
  planSchema,
  primitiveSchema,
  type Plan,
  type Primitive,
  type PrimitiveOf,
} from './plan/primitives.ts';
/** For what is drawn: a fault’s parameters from a seed. */
export { randomFrom } from '../random.ts';
/** The capacity each table has when nothing is wrong: what a `capacity` primitive is undone with. */
export { normalCapacity as tables, type Capacity } from '../dynamodb/tables.ts';
