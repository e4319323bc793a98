import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { step } from '../bootstrap/progress.mjs';
import { logEnd } from './child.js';
import { type DemoResult, runDemo } from './demo.js';
import { LocalError, messageOf } from './failure.js';
import { demoAlias, profileSetting, saveProfiles } from './profile.js';
import { adviceOnTrails } from './refused-trails.js';
import { type Stack, startStack } from './stack.js';
import { createSupervisor } from './supervisor.js';
import { mintPlatformToken } from './tenant.js';
import { isTokenName, tokenNames } from './token.js';

const usage = `npm start -- [--fresh] [--once] [--data DIR] [--workers N] [--token NAME]
  --fresh      delete the data directory and start again
  --once       run the main job, stop, and exit 0 or 1
  --data DIR   keep data in DIR (default: .ankasecure in the clone)
  --workers N  crypto-workers on the token (default 1)
  --token NAME softhsm (default), or kryoptic, which has post-quantum algorithms`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const readArguments = () => {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        data: { type: 'string' },
        workers: { type: 'string', default: '1' },
        token: { type: 'string', default: 'softhsm' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      print(usage);
      process.exit(0);
    }
    if (!/^[1-9]$/.test(values.workers)) throw new LocalError('--workers takes a number from 1 to 9.');
    const { token } = values;
    if (!isTokenName(token)) throw new LocalError(`--token takes ${tokenNames.join(' or ')}.`);
    return { ...values, token };
  } catch (error) {
    throw new LocalError(`${messageOf(error)}\n${usage}`);
  }
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const describe = (stack: Stack, { signingKeyId, ...tokens }: DemoResult, profiles: string): string => `
AnkaSecure is ready at ${stack.baseUrl}
  API description  ${stack.baseUrl}/docs  (OpenAPI: ${stack.baseUrl}/api/v1/openapi.json)
  tokens           ${tokens.adminTokenFile}  (administrator of the tenant "demo")
                   ${tokens.officerTokenFile}  (a second administrator, for operations that need two people)
                   ${tokens.platformTokenFile}  (platform administrator)
  logs             ${join(stack.dataDirectory, 'logs')}

Try it on the command line:
  ${profileSetting(profiles)}npx --no-install ankasecure encrypt --key ${demoAlias} README.md --out readme.jwe
  ${profileSetting(profiles)}npx --no-install ankasecure decrypt readme.jwe

Or by HTTP:
  curl -s ${stack.baseUrl}/api/v1/sign -H "authorization: Bearer $(cat ${quoted(tokens.adminTokenFile)})" -H 'content-type: application/json' -d '{"keyId":"${signingKeyId}","payload":"hello","encoding":"utf8"}'

Press Ctrl-C to stop everything.`;

/** Resolves on the first request to stop, or when standard output is closed. The terminal and npm may both send the signal. */
const askedToStop = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  process.once('disconnect', () => resolve());
  process.stdout.on('error', () => resolve());
});

/**
 * Runs the main job once.
 * @returns what to print when it is over
 * @throws LocalError if it failed, unless the services can stay up for the user to accept audit trails
 */
const runMainJob = async (stack: Stack, once: boolean): Promise<string> => {
  try {
    const demo = await runDemo(stack, step);
    return describe(stack, demo, await saveProfiles(stack, demo));
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    const advice = await adviceOnTrails(stack, stack.saveToken('platform', await mintPlatformToken(stack)));
    if (advice === undefined) throw error;
    const told = `The main job failed: ${error.message}\n${advice}`;
    if (once) throw new LocalError(`${told}\nRun npm start without --once, so that the services stay up meanwhile.`);
    return `${told}\n\nThe services stay up. Press Ctrl-C to stop everything, and run npm start again when the trails are accepted.`;
  }
};

/** Waits until the stack must stop, and resolves with the exit code. */
const stayUp = async (stack: Stack): Promise<number> => {
  const parts = [stack.postgres.process, stack.nats.process];
  const ended = await Promise.race([askedToStop, ...parts.map((part) => part.exited.then(() => part))]);
  if (typeof ended === 'object') print(`${ended.name} ended by itself (${await ended.exited}). ${logEnd(ended)}`);
  return ended === undefined ? 0 : 1;
};

const start = async (): Promise<number> => {
  const { fresh, once, data, workers, token } = readArguments();
  const since = performance.now();
  print('Starting AnkaSecure');
  const supervisor = createSupervisor(async (name) => (await starting).restart(name), print);
  const starting = startStack({
    fresh,
    workers: Number(workers),
    tokens: { default: token },
    step,
    onUnexpectedExit: supervisor.ended,
    ...(data !== undefined && { dataDirectory: data }),
  });
  let isUp = false;
  // Until the stack is up, nothing must be stopped in order: started processes end with this one.
  void askedToStop.then(() => isUp || process.exit(130));
  const stack = await starting;
  isUp = true;
  print(`Ready after ${((performance.now() - since) / 1000).toFixed(1)} s. Running the main job once:`);
  try {
    const told = await runMainJob(stack, once);
    if (once) {
      print('The main job succeeded. Run npm start to keep the services up.');
      return 0;
    }
    print(told);
    return await stayUp(stack);
  } finally {
    supervisor.stop();
    await step('everything stopped', () => stack.stop());
  }
};

try {
  process.exit(await start());
} catch (error) {
  if (!(error instanceof LocalError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
