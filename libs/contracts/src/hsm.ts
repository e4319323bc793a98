import { z } from 'zod';
import { contract } from './bus.js';
import { doctorReport } from './hsm-report.js';
import { text } from './primitive.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** What a caller takes for the name of an HSM partition. */
export const hsmId = text(64).describe('The name of the HSM partition.');

/** Loads the partition's library in a process of its own, and looks at its token without a login. */
export const surveyHsm = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.hsm.survey',
  request: z.strictObject({}),
  reply: doctorReport,
});

/** What a self-test tries. */
export const hsmTest = z.strictObject({
  quick: z
    .boolean()
    .default(true)
    .describe('Whether keys are left out that take long to make or use, such as RSA-3072 and longer.'),
});

/**
 * Makes, uses and destroys a key of everything that the token promises, in a process of its own. One at a time on a partition,
 * with a pause afterwards: `quota-exceeded` otherwise.
 */
export const testHsm = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.hsm.test',
  request: hsmTest,
  reply: doctorReport,
});
