import type { TestProject } from 'vitest/node';
import { assertCurrentBuild } from './current-build.js';
import { addressOf, type RigAddress, startOwnRig } from './rig.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The stack that specs share which break nothing in it. */
    readonly sharedRig: RigAddress;
  }
}

/** Brings up one stack for all end-to-end specs of a run, and takes it down after them. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  assertCurrentBuild();
  const { stack, stop } = await startOwnRig();
  project.provide('sharedRig', await addressOf(stack));
  return stop;
};
