/**
 * The near misses of a dead service, which look good to a check that counts quick answers or absences: the file does not
 * compile, the service is stopped, the service runs and leaves its work out. Every lab has those that make sense for it.
 */
import { isLive, serviceOf } from './alive.ts';
import type { Learner, NearMiss } from './learner.ts';
import type { Lab } from './types.ts';

export type Death = NonNullable<NearMiss['death']>;

export interface ServiceStopped {
  service: string;
  /** The live steps that must refuse it. */
  steps: readonly string[];
  /** What happens before it stops: traces of the run that a check might take for what came after. */
  before?(learner: Learner): Promise<unknown>;
  /** What happens then: enough that a check which does not look would be content. */
  after(learner: Learner): Promise<unknown>;
}

/** For a lab that edits no code: a service is stopped by hand, and one is killed. */
export const stoppedService = (options: ServiceStopped): NearMiss[] => [stopped(options), killed(options)];

export interface BrokenEdit extends Omit<ServiceStopped, 'service'> {
  /** One of the lab's `edits`. */
  file: string;
  /** The edit with which the file does not compile; a line of its own when left out. */
  syntaxError?(source: string): string;
  /** The edit with which the service answers and does nothing. */
  removeFeature(source: string): string;
  /** Words of the reason for which such an edit is refused. */
  featureMissing: RegExp;
}

/** For a lab that edits code: a syntax error in the file, its service stopped, its feature removed. */
export function brokenEdits(options: BrokenEdit): NearMiss[] {
  const {
    file,
    steps,
    before,
    after,
    syntaxError = withUnfinishedLine,
    removeFeature,
    featureMissing,
  } = options;
  const service = serviceOf(file);
  return [
    {
      title: `saves ${file} with a syntax error`,
      death: 'syntax-error',
      refusedBy: steps,
      because: new RegExp(
        `^${service} has crashed and does no work: SyntaxError: .+, in \`sample-app/${file}\`, line \\d+\\.$`,
      ),
      ownRun: true,
      async attempt(learner) {
        await before?.(learner);
        await learner.edit(file, syntaxError);
        await learner.process(service, 'crashed');
        await after(learner);
      },
    },
    stopped({ ...options, service }),
    {
      title: `removes what ${file} is there for`,
      death: 'feature-removed',
      refusedBy: steps,
      because: featureMissing,
      ownRun: true,
      async attempt(learner) {
        await before?.(learner);
        await learner.edit(file, removeFeature);
        await learner.waitUntilRestarted(service);
        await after(learner);
        for (const step of steps) await verdictOn(learner, step);
      },
    },
  ];
}

const stopped = ({ service, steps, before, after }: ServiceStopped): NearMiss => ({
  title: `stops ${service}`,
  death: 'service-stopped',
  refusedBy: steps,
  verdict: 'cannot-tell',
  because: new RegExp(`^${service} is stopped and does no work\\.$`),
  ownRun: true,
  async attempt(learner) {
    await before?.(learner);
    await learner.process(service, 'stopped');
    await after(learner);
  },
});

const killed = ({ service, steps, before, after }: ServiceStopped): NearMiss => ({
  title: `goes on after ${service} was killed`,
  refusedBy: steps,
  verdict: 'cannot-tell',
  because: new RegExp(`^${service} has crashed and does no work: ended by SIGKILL\\.$`),
  ownRun: true,
  async attempt(learner) {
    await before?.(learner);
    await learner.process(service, 'killed');
    await after(learner);
  },
});

/** A check may have to wait for traces that are still on their way. */
const verdictOn = (learner: Learner, step: string) =>
  learner.until(`a verdict on "${step}"`, 60, async () =>
    (await learner.check(step)).verdict === 'cannot-tell' ? undefined : true,
  );

const withUnfinishedLine = (source: string) => `${source}\nconst unfinished = ;\n`;

/**
 * The near misses of a dead service that a lab lacks, one sentence each: a lab that edits code needs each kind for every live
 * step, any other a stopped service.
 */
export function missingDeaths(lab: Lab, nearMisses: readonly NearMiss[]): string[] {
  const kinds: Death[] =
    lab.edits.length > 0 ? ['syntax-error', 'service-stopped', 'feature-removed'] : ['service-stopped'];
  return lab.steps
    .filter(isLive)
    .flatMap(({ id }) =>
      kinds
        .filter((kind) => !nearMisses.some((miss) => miss.death === kind && refusers(miss).includes(id)))
        .map(
          (kind) =>
            `labs/${lab.id}/wrong.ts: step "${id}" has no near miss "${kind}". Add it with ${lab.edits.length > 0 ? 'brokenEdits' : 'stoppedService'} of the kit.`,
        ),
    );
}

/** The steps whose checks must refuse it. */
export const refusers = ({ refusedBy }: NearMiss): readonly string[] =>
  typeof refusedBy === 'string' ? [refusedBy] : refusedBy;
