import type { CleanReport } from '../../server/contract.ts';
import { ApiError } from '../api.ts';
import { columns } from '../output.ts';
import type { Outcome, Verb } from '../verb.ts';

/** The lab does it while it runs, which knows its home in a container, too; otherwise it is done here. */
export const clean: Verb = {
  usage: [''],
  says: 'Free disk space: logs, and kept edits but the newest of each lab; never progress or work',
  async run({ api, home }) {
    const report = await api<CleanReport>('POST', '/lab/clean').catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || error.problem.error !== 'not-running') throw error;
      return (await import('../../server/clean.ts')).clean(home);
    });
    return outcomeOf(report);
  },
};

function outcomeOf(report: CleanReport): Outcome {
  const rows = report.removed.map(({ what, bytes }) => [what, size(bytes)]);
  const total = `${size(report.bytes)} freed`;
  return {
    json: report,
    text: rows.length === 0 ? 'There was nothing to remove.' : `${columns(rows)}\n\n${total}`,
  };
}

/** `812 B`, `3.4 KB`, `20.0 MB` */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
