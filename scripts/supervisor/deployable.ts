/**
 * The variables that a deployment may bring: those that faults set, and no others. `NODE_OPTIONS` or `PATH` would run
 * somebody's code. A test holds them to the catalogue of faults.
 */
export const deployable: ReadonlySet<string> = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_ENDPOINT_URL_XRAY',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_XRAY_DAEMON_ADDRESS',
  'AWS_XRAY_LOG_LEVEL',
  'EC2_AVAILABILITY_ZONE',
  'EC2_INSTANCE_ID',
  'INVENTORY_URL',
  'SERVICE_VERSION',
  'XRAY_AUTH',
  'XRAY_AUTH_REGION',
]);
