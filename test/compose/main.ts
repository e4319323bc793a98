import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ComposeTestError, say } from './command.js';
import { Engine } from './engine.js';
import { type Api, ask, SigningLoad, type Tally } from './load.js';
import { ComposedStack } from './stack.js';
import { ensureCompose, ensurePodman } from './tool.js';

// npm run test:compose builds the images, starts docker-compose.yml with three crypto-workers, restarts them one after the other
// under load, and prints the numbers of requests and failures. It fails if a request fails. The last line is that of a suite.
// With the argument `stand-ins` it asks no registry for the foreign images.

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const cache = join(repository, 'node_modules/.cache/ankasecure/containers');
const workers = 3;
const clients = 16;
/** Requests before the first restart and after the last. */
const steady = 500;
const steadyMs = 300_000;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const post = async (api: Api, path: string, token: string, body: unknown): Promise<{ readonly id: string }> => {
  const { status, text } = await ask(api, { method: 'POST', path: `/api/v1${path}`, token, body });
  if (status !== 201) throw new ComposeTestError(`POST ${path} answered ${status}: ${text}`);
  return JSON.parse(text) as { readonly id: string };
};

const newKey = async (api: Api, stack: ComposedStack): Promise<{ readonly token: string; readonly keyId: string }> => {
  const tenant = await post(api, '/tenants', await stack.program('mint.mjs'), { slug: 'compose', name: 'Compose' });
  const token = await stack.program('mint.mjs', '--tenant', tenant.id);
  const key = await post(api, '/keys', token, { algorithm: 'EC-P256', label: 'compose', purpose: 'sign' });
  return { token, keyId: key.id };
};

/** @throws ComposeTestError if it takes minutes, because all requests fail */
const untilDone = async (load: SigningLoad, more: number): Promise<void> => {
  const [goal, end] = [load.done + more, Date.now() + steadyMs];
  while (load.done < goal) {
    if (Date.now() > end) throw new ComposeTestError('The requests fail, or take too long');
    await delay(50);
  }
};

const restartUnderLoad = async (api: Api, stack: ComposedStack): Promise<Tally> => {
  const { token, keyId } = await newKey(api, stack);
  const load = new SigningLoad(api, token, keyId, clients);
  try {
    await untilDone(load, steady);
    await stack.restartOneByOne('crypto-worker');
    await untilDone(load, steady);
  } finally {
    await load.stop();
  }
  return load.stop();
};

/** Leaves no container behind. */
const giveUp = async (stack: ComposedStack): Promise<void> => {
  await stack.down();
  process.exit(130);
};

const test = async (engine: Engine, compose: string): Promise<Tally> => {
  const port = await freePort();
  const stack = new ComposedStack(engine, compose, repository, port);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void giveUp(stack));
  try {
    await stack.program('prepare.mjs');
    await stack.build();
    say(`Starting the composition with ${workers} crypto-workers`);
    await stack.up(workers);
    const api = { port, ca: readFileSync(join(stack.secrets, 'gateway/ca.pem'), 'utf8') };
    return await restartUnderLoad(api, stack);
  } catch (error) {
    say(await stack.logs().catch(() => ''));
    throw error;
  } finally {
    await stack.down();
  }
};

const report = ({ requests, failures }: Tally): number => {
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  for (const [what, count] of failures) say(`${count} × ${what}`);
  process.stdout.write(`${requests} requests, ${failed} failures\n`);
  return failed === 0 ? 0 : 1;
};

const close = (code: number): never => {
  process.stdout.write(code === 0 ? '\n1 passed, 0 failed\n' : '\n0 passed, 1 failed\n');
  process.exit(code);
};

const main = async (): Promise<number> => {
  await ensurePodman();
  const compose = await ensureCompose(cache);
  const engine = new Engine(cache, !process.argv.includes('stand-ins'));
  await engine.start();
  try {
    return report(await test(engine, compose));
  } finally {
    await engine.stop();
  }
};

main().then(close, (error: unknown) => {
  say(error instanceof ComposeTestError ? error.message : String((error as Error).stack));
  close(1);
});
