/** X-Ray draws no graph of more than 10,000 nodes; we page there instead of refusing. */
export const nodesPerPage = 10_000;
