import { setTimeout as sleep } from 'node:timers/promises';
import { AnkaError } from '@ankasecure/contracts';
import type { SelfTestResult, SelfTestSpec } from '../operation/self-test.js';
import type { SelfTestFailure } from '../operation/self-test-failure.js';

const mostAttempts = 3;
const pauseMs = 100;

export type RunSelfTest = (spec: SelfTestSpec) => Promise<SelfTestResult>;

const noAnswer: SelfTestFailure = { cause: 'trouble', reason: 'no answer' };

const isAway = (error: unknown): boolean => error instanceof AnkaError && error.code === 'hsm-unavailable';

/**
 * Runs a self-test until each of its algorithms has a result. It waits while the token is unavailable. An algorithm in
 * trouble, or that could not run, is tried a few times and then counts as failed.
 */
export const settleSelfTest = async (
  spec: SelfTestSpec,
  run: RunSelfTest,
  closed: () => boolean,
): Promise<SelfTestResult> => {
  const settled: Record<string, SelfTestFailure | null> = {};
  let { algs } = spec;
  for (let attempt = 1; ; ) {
    try {
      const result = await run({ ...spec, algs });
      Object.assign(settled, result);
      algs = algs.filter(({ alg }) => result[alg]?.cause === 'trouble');
      attempt++;
    } catch (error) {
      for (const { alg } of algs) settled[alg] = noAnswer;
      if (!isAway(error)) attempt++;
    }
    if (algs.length === 0 || attempt > mostAttempts || closed()) return settled;
    await sleep(pauseMs);
  }
};
