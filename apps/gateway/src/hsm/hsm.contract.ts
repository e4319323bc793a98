import { doctorReport, hsmId, hsmTest } from '@ankasecure/contracts';
import { z } from 'zod';
import { ownContract } from '../route/own-contract.js';

/** The HSM of any partition, whatever the caller's own is. The gateway asks that partition's workers, and records the call. */
export const surveyHsmHere = ownContract('hsm.survey', z.strictObject({ partition: hsmId }), doctorReport);
export const testHsmHere = ownContract('hsm.test', hsmTest.extend({ partition: hsmId }), doctorReport);
