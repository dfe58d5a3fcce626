/** Sizes the store keeps to. Sources: AWS quotas page and, where it says so, our own choice (docs/fidelity.md). */
export const storeLimits = {
  /** X-Ray's upper bound of a trace document, 500 KB. Its "dynamic" shrinking under load is not imitated. */
  traceBytes: 500 * 1024,
  /** X-Ray forgets after 30 days. */
  retentionSeconds: 30 * 24 * 60 * 60,
  /** Ours: X-Ray has no such cap, but a laptop's disk has. */
  storeBytes: 2 * 1024 ** 3,
  /** Ours: documents behind the assembled traces kept in memory. The objects take about four times as much. */
  cachedDocumentBytes: 24 * 1024 ** 2,
  /**
   * Ours: memory for digests, as a share of the documents the store may hold. A digest takes some 3 to 4 % of its
   * trace's documents, so that of a full store all of them fit, and a scan never waits for the disk.
   */
  cachedDigestShare: 0.05,
  /** Ours: the most memory for digests, however large the store may grow: those of some two million traces. */
  cachedDigestBytes: 512 * 1024 ** 2,
  /** Ours: memory for the JSON of summaries: compressed, those of some hundred thousand traces. */
  cachedSummaryBytes: 16 * 1024 ** 2,
} as const;

/** What `UnprocessedTraceSegments` says of a segment whose trace is full. */
export const traceSizeExceeded =
  'Trace Size Exceeded. Reduce the number of segments per trace and the size of your segment documents.';
