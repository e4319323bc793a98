import './hang-up.js';

/**
 * The entry of a service or of its migration. `start` imports what it needs, so that SIGHUP ends nothing while that is loaded. A
 * failure to start prints one sentence on standard error, and exits with the code of its row in `exitCodes`.
 */
export const main = (service: string, start: () => Promise<void>): void => {
  start().catch(async (error: unknown) => {
    const { sentenceOf } = await import('../failure/sentence.js');
    const { exitCodeOf } = await import('./exit-code.js');
    process.stderr.write(`${service} cannot start: ${sentenceOf(error)}\n`);
    process.exit(exitCodeOf(error));
  });
};
