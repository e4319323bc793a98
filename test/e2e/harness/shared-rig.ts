import { inject } from 'vitest';
import { type Rig, rigAt } from './rig.js';

/** The stack all specs of a run share. What a spec does in it stays inside tenants of its own. */
export const sharedRig = (): Promise<Rig> => rigAt(inject('sharedRig'));
