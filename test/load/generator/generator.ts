import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Job, Order, Outcome, Report } from './job.js';

export interface Generator {
  readonly pid: number;
  /** Opens the job's connections and returns a function that runs it. */
  prepare(job: Job): Promise<() => Promise<Outcome>>;
  stop(): void;
}

/** @throws Error if a connection could not be opened or broke */
export const startGenerator = (): Generator => {
  const child = fork(new URL('./main.js', import.meta.url), { execArgv: ['--max-semi-space-size=32'] });
  const ask = async (order: Order): Promise<Exclude<Report, { error: string }>> => {
    const answer = once(child, 'message') as Promise<[Report]>;
    child.send(order);
    const [report] = await answer;
    if (report !== 'ready' && 'error' in report) throw new Error(`load generator: ${report.error}`);
    return report;
  };
  const run = async (): Promise<Outcome> => {
    const report = await ask('go');
    if (report === 'ready') throw new Error('load generator: out of step');
    return report.outcome;
  };
  return {
    pid: child.pid ?? 0,
    prepare: async (job) => {
      await ask({ prepare: job });
      return run;
    },
    stop: () => void child.disconnect(),
  };
};
