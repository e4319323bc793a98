import { run } from './doctor/run.js';

/** A terminal and npm each send the same signal, one after the other. */
const sameSignalMs = 1000;

/** `hsm doctor`. The first signal ends it after the key under way, so that nothing is left on the token; the next ends it at once. */
const stop = new AbortController();
let stoppedAt = 0;
const onSignal = (): void => {
  if (!stop.signal.aborted) {
    stoppedAt = performance.now();
    process.stderr.write('\nstopping after the key under way; another signal stops at once and may leave that key\n');
    stop.abort();
  } else if (performance.now() - stoppedAt > sameSignalMs) process.exit(1);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
// A terminal that is closed, which sends SIGHUP, takes no more text.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: process.stdout,
  err: process.stderr,
  stop: stop.signal,
});
