import { inject } from 'vitest';
import { type Rig, rigAt } from './rig.js';

/**
 * The stack all specs of a worker share, one after the other, so that what a spec counts is its own. What it does in it stays
 * inside tenants of its own.
 */
export const sharedRig = (): Promise<Rig> => {
  const place = Number(process.env['VITEST_POOL_ID']) - 1;
  const address = inject('sharedRigs')[place];
  if (address === undefined) throw new Error(`there is no stack for worker ${place + 1}`);
  return rigAt(address);
};
