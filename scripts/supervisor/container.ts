/**
 * The main program of a container: supervises the one process named on the command line, so that the control plane
 * can stop, start and restart it there as it does under `npm start`.
 *   node scripts/supervisor/container.ts order
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { terminalLine } from '../../xray/terminal-text.ts';
import { writeIdentities } from './identities.ts';
import { keepStatePrivate } from './private-state.ts';
import { Supervisor } from './supervisor.ts';
import { supervisorServer } from './server.ts';
import { supervisorToken } from '../supervisor-token.ts';
import { processTable, setUpFromEnvironment, sharedEnvironment, SUPERVISOR_PORT } from './table.ts';

// Whoever reads the log may go away, and its disk may be full: the process that is supervised runs on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const name = process.argv[2] ?? '';
// The image is built with `--warm`, which loads and compiles this program's modules and ends.
if (name === '--warm') process.exit(0);
const definition = processTable.find((each) => each.name === name);
if (!definition) {
  process.stderr.write(
    `There is no process "${terminalLine(name)}". There are: ${processTable.map((each) => each.name).join(', ')}.\n`,
  );
  process.exit(2);
}

// Inside the network of docker-compose every process has its own host name, and only published ports leave it.
const setUp = setUpFromEnvironment(root, { ...process.env, LAB_HOST: '0.0.0.0' });
keepStatePrivate(setUp.home);
if (name === 'xray-api') writeIdentities(setUp.home);
const supervisor = new Supervisor([definition], setUp, {
  ...sharedEnvironment(setUp, (each) => each),
  LAB_SET_UP: 'compose',
  LAB_SUPERVISORS: processTable.map((each) => `http://${each.name}:${SUPERVISOR_PORT}`).join(','),
  LAB_HOME: setUp.home,
  LAB_SAMPLE_APP: setUp.sampleApp,
});
const server = supervisorServer(supervisor, supervisorToken(setUp.home)).listen(SUPERVISOR_PORT, '0.0.0.0');

supervisor.on('change', () => {
  void supervisor.view(name).then(({ state, healthy, reason, returnsAt }) => {
    const isLeft = definition.comesBack && state === 'crashed' && returnsAt === undefined;
    const remedy = isLeft ? `. Start it again: docker compose restart ${name}` : '';
    const words =
      state === 'running' && healthy ? 'ready' : `${state}${reason ? `: ${reason}` : ''}${remedy}`;
    process.stdout.write(`${terminalLine(`${name} ${words}`)}\n`);
  });
});
supervisor.startAll();
supervisor.restartOnSave();

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    void supervisor.stopAll().then(() => {
      server.close();
      process.exit(0);
    });
  });
}
