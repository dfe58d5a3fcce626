import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { xrayReader, type SendXRay } from '@xray-lab/xray/model';
import type { CheckResult, Faults, LabProcess, LabRun, Problem, Sent } from '../server/contract.ts';
import { serviceOf } from './alive.ts';
import type { Learner } from './learner.ts';
import type { Lab } from './types.ts';

const POLL_MILLISECONDS = 250;
const RESTART_SECONDS = 30;

/** Speaks to a running lab over the routes of `labs/server/contract.ts`, and to nothing else. */
export interface LabClient {
  request<Answer>(method: string, path: string, body?: object): Promise<Answer>;
  sendXRay: SendXRay;
}

/** @param baseUrl the lab's own address, e.g. `http://127.0.0.1:4321`. */
export function labClient(baseUrl: string): LabClient {
  const request = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { error, message, remedy } = answer as Problem;
    throw Object.assign(new Error(`${method} ${path}: ${message}${remedy ? ` ${remedy}` : ''}`), {
      name: error,
      status: response.status,
    });
  };
  return {
    request: request as LabClient['request'],
    sendXRay: (operation, input) => request('POST', `/lab/xray/${operation}`, withEpochSeconds(input)),
  };
}

const withEpochSeconds = (input: object) =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      value instanceof Date ? value.getTime() / 1000 : value,
    ]),
  );

/** Somebody who works through one lab. `answers` remembers what was handed in, step by step. */
export interface PlayedLearner extends Learner {
  answers: Map<string, unknown>;
  /** Resets the lab and waits until what the reset restarts runs again. */
  reset(): Promise<LabRun>;
  state(): Promise<LabRun>;
  activeFaults(): Promise<string[]>;
  /** Files of the shop that differ from how they were at the beginning. */
  changedFiles(): Promise<string[]>;
  /** Puts the shop's files back by hand, for when a reset did not. */
  restoreFiles(): Promise<void>;
}

/**
 * A learner for the prover.
 * @param sampleApp the folder of the shop's sources that run; only the lab's `edits` are touched.
 */
export async function playLearner(client: LabClient, lab: Lab, sampleApp: string): Promise<PlayedLearner> {
  const pristine = new Map<string, string>();
  for (const file of lab.edits) pristine.set(file, await readFile(join(sampleApp, file), 'utf8'));

  let run = { nonce: '', startedAt: 0 };
  const beforeEdit = new Map<string, number>();
  const answers = new Map<string, unknown>();
  /** Processes that were stopped or killed since the last reset. */
  const dead = new Set<string>();
  const path = (rest: string) => `/lab/labs/${lab.id}${rest}`;
  const processes = () => client.request<LabProcess[]>('GET', '/lab/processes');
  const startedAt = async (service: string) =>
    (await processes()).find((process) => process.name === service)?.startedAt ?? 0;
  const check = (step: string, answer?: unknown) =>
    client.request<CheckResult>('POST', path(`/steps/${step}/check`), answer === undefined ? {} : { answer });

  const learner: PlayedLearner = {
    get run() {
      return run;
    },
    answers,
    xray: xrayReader(client.sendXRay),
    check: (step) => check(step),

    async send(count = 1) {
      const sent: Sent[] = [];
      for (let n = 0; n < count; n += 1) sent.push(await client.request<Sent>('POST', '/lab/send', {}));
      return sent;
    },

    answer(step, value) {
      answers.set(step, value);
      return check(step, value);
    },

    async checkUntilPassed(step, seconds) {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const result = await check(step, answers.get(step));
        if (result.verdict === 'pass' || Date.now() > deadline) return result;
        await sleep(2 * POLL_MILLISECONDS);
      }
    },

    async until(what, seconds, read) {
      const deadline = Date.now() + seconds * 1000;
      for (;;) {
        const value = await read();
        if (value !== undefined) return value;
        if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
        await sleep(POLL_MILLISECONDS);
      }
    },

    async traffic(profile) {
      await client.request('PUT', '/lab/traffic', { profile });
    },

    async fault(id, state, given) {
      // A run's faults are hidden from the learner, who can switch them off only all together.
      if (state === 'off') return void (await client.request('DELETE', '/lab/faults'));
      const parameters = given ?? lab.faults.find((fault) => fault.id === id)?.parameters ?? {};
      await client.request('POST', `/lab/faults/${id}`, { parameters });
    },

    async edit(file, transform) {
      if (!lab.edits.includes(file))
        throw new Error(`labs/${lab.id}/lab.ts: "${file}" is not among "edits".`);
      const service = serviceOf(file);
      beforeEdit.set(service, await startedAt(service));
      const source = await readFile(join(sampleApp, file), 'utf8');
      const edited = transform(source);
      if (edited === source)
        throw new Error(`the edit of ${file} changed nothing; the file may have been rewritten.`);
      await writeFile(join(sampleApp, file), edited);
    },

    waitUntilRestarted(service) {
      const before = beforeEdit.get(service) ?? 0;
      return learner.until(`${service} to run again after the edit`, RESTART_SECONDS, async () => {
        const found = (await processes()).find((process) => process.name === service);
        return found?.healthy && (found.startedAt ?? 0) > before ? found : undefined;
      });
    },

    async process(name, state) {
      dead.add(name);
      const find = async () => (await processes()).find((process) => process.name === name);
      if (state === 'stopped') return client.request<LabProcess>('POST', `/lab/processes/${name}/stop`);
      const { pid } = (await find()) ?? {};
      if (state === 'killed' && pid !== undefined) process.kill(pid, 'SIGKILL');
      return learner.until(`${name} to have crashed`, RESTART_SECONDS, async () => {
        const found = await find();
        return found?.state === 'crashed' ? found : undefined;
      });
    },

    async startAgain() {
      await learner.reset();
      answers.clear();
      const started = await client.request<LabRun>('POST', path('/start'), {});
      run = { nonce: started.nonce ?? '', startedAt: started.startedAt ?? Date.now() / 1000 };
      return started;
    },

    async reset() {
      const edited = await learner.changedFiles();
      const before = await Promise.all(
        edited.map(async (file) => [serviceOf(file), await startedAt(serviceOf(file))] as const),
      );
      const state = await client.request<LabRun>('POST', path('/reset'), {});
      if ((await learner.changedFiles()).length > 0) await learner.restoreFiles();
      for (const [service, at] of before) {
        beforeEdit.set(service, at);
        await learner.waitUntilRestarted(service);
      }
      for (const name of dead) await client.request('POST', `/lab/processes/${name}/start`);
      dead.clear();
      return state;
    },

    state: () => client.request<LabRun>('GET', path('')),

    async activeFaults() {
      const { active } = await client.request<Faults>('GET', '/lab/faults');
      return active.map((fault) => fault.id);
    },

    async changedFiles() {
      const now = await Promise.all(
        [...pristine].map(
          async ([file, source]) =>
            [file, (await readFile(join(sampleApp, file), 'utf8')) !== source] as const,
        ),
      );
      return now.filter(([, changed]) => changed).map(([file]) => file);
    },

    async restoreFiles() {
      for (const [file, source] of pristine) await writeFile(join(sampleApp, file), source);
    },
  };
  return learner;
}
