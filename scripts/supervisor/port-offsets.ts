/**
 * By how much the labs that run beside a learner's own move their ports: those of the tests and benches, and the one that
 * set-up starts to compile the code. No two share a port, and every port stays below the range from which operating
 * systems take the ports of outgoing connections (Linux: from 32768, see ip_local_port_range in `man 7 ip`): one taken
 * from there may belong to somebody else by the time a process listens on it.
 */
export const portOffsets = {
  journey: 10_000,
  start: 10_500,
  'start-broken': 11_000,
  labs: 11_500,
  'live-quiz': 12_000,
  e2e: 12_500,
  faults: 13_000,
  hidden: 13_500,
  'bench-shop-on': 14_000,
  'bench-shop-off': 14_500,
  'bench-shop-sampled': 15_000,
  warm: 15_500,
  'xray-alone': 16_100,
  'hard-data': 16_700,
  soak: 17_300,
  bench: 22_000,
} as const;

export type StackName = keyof typeof portOffsets;

/** The first port that Linux gives to outgoing connections; macOS and Windows begin at 49152. */
export const FIRST_EPHEMERAL_PORT = 32_768;
