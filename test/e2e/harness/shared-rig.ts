import { inject } from 'vitest';
import { type Rig, rigAt } from './rig.js';

/**
 * The stack that all specs of a worker share, one after the other, so that a spec's counts are its own. A spec works only
 * in its own tenants.
 */
export const sharedRig = (): Promise<Rig> => {
  const place = Number(process.env['VITEST_POOL_ID']) - 1;
  const address = inject('sharedRigs')[place];
  if (address === undefined) throw new Error(`there is no stack for worker ${place + 1}`);
  return rigAt(address);
};
