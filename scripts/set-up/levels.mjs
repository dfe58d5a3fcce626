// What is installed for what: the lab needs a fifth of all packages, so it does not wait for the rest.
export const workspaces = ['xray', 'sample-app', 'labs', 'quiz', 'site'];

/**
 * From the least to all:
 * - `xray`: what the X-Ray API and the daemon run on;
 * - `lab`: besides, what the shop and the labs run on;
 * - `site`: besides, what the site is built with, and the database of the on-premises host;
 * - `everything`: besides, what tests, lint and types need.
 */
export const levels = ['xray', 'lab', 'site', 'everything'];

const ci = ['ci', '--no-audit', '--no-fund'];
const running = (names) => [
  ...ci,
  '--omit=dev',
  '--omit=optional',
  ...names.flatMap((name) => ['--workspace', name]),
];

/** What npm is asked for, by level. */
export const npmArguments = {
  xray: running(['xray']),
  lab: running(workspaces.filter((name) => name !== 'site')),
  site: [...ci, '--omit=dev'],
  everything: ci,
};

/** The higher of two levels; one that is not known counts for nothing. */
export const higher = (one, other) => levels[Math.max(levels.indexOf(one), levels.indexOf(other), 0)];

/** Whether what is installed, perhaps nothing, will do. */
export const suffices = (installed, level) => levels.indexOf(installed) >= levels.indexOf(level);

/** A stamp says what was installed, and by which manifests. */
export const stampOf = (level, manifests) => `${level} ${manifests}`;

/**
 * What a stamp says: the level that is installed for these manifests. Undefined without a stamp, or with one of other manifests.
 */
export function installedLevel(stamp, manifests) {
  const [level, of] = (stamp ?? '').split(' ');
  return of === manifests && levels.includes(level) ? level : undefined;
}
