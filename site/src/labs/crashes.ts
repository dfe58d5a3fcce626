import type { LabProcess } from '@xray-lab/labs/server/contract';
import { crashedAmong } from './crashed.ts';

/** What a learner is told of a service that crashed. */
export interface CrashNotice {
  name: string;
  /** `SyntaxError: Expression expected`, or how it ended when it left no words. */
  says: string;
  /** `sample-app/services/payment/provider.ts, line 8` */
  place?: string;
  /** What stands on that line. */
  source?: string;
  /** What to do about it. */
  remedy: string;
}

/** What is told of each service that has crashed. */
export const crashesOf = (processes: readonly LabProcess[]): CrashNotice[] =>
  crashedAmong(processes).map(noticeOf);

function noticeOf({ name, crash, reason }: LabProcess): CrashNotice {
  const { error, message, how, file, line, source } = crash ?? {};
  const words = [error, message].filter((part) => part !== undefined).join(': ');
  return {
    name,
    says: words || (how ?? reason ?? 'It left no words.'),
    ...(file !== undefined && { place: line === undefined ? file : `${file}, line ${line}` }),
    ...(source !== undefined && { source }),
    remedy: file?.startsWith('sample-app/')
      ? `Mend the file and save it: ${name} then starts by itself.`
      : `\`npm run lab -- logs ${name}\` shows what it wrote.`,
  };
}
