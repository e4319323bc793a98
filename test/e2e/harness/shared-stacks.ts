import type { TestProject } from 'vitest/node';
import { addressOf, type RigAddress, startOwnRig } from './rig.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A stack for each worker of the run. Its specs share the stack and must not break it. */
    readonly sharedRigs: readonly RigAddress[];
  }
}

/** Starts the stacks of all end-to-end specs of a run, and stops them at the end. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const workers = Number(project.config.maxWorkers);
  const started = await Promise.allSettled(Array.from({ length: workers }, () => startOwnRig()));
  const rigs = started.flatMap((rig) => (rig.status === 'fulfilled' ? [rig.value] : []));
  const stop = async (): Promise<void> => void (await Promise.all(rigs.map((rig) => rig.stop())));
  const failed = started.find((rig) => rig.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  project.provide('sharedRigs', await Promise.all(rigs.map(({ stack }) => addressOf(stack))));
  return stop;
};
