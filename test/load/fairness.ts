import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlgorithmName } from '@ankasecure/algorithm';
import { type Key, platformTenantId, type Tenant } from '@ankasecure/contracts';
import { type Stack, type StackOptions, startStack } from '@ankasecure/local';
import { createPkcs11Shim, softHsmLibrary } from '@ankasecure/testing';
import { apiOf } from './api.js';
import { startGenerator } from './generator/generator.js';
import type { Job, Outcome } from './generator/job.js';

/**
 * `npm run bench:fair -- [seconds]`: one tenant sends requests alone, then beside a tenant that floods the HSM with batches. It shows
 * how the flood changes the first tenant's latency, with two tokens: one that spends its time elsewhere, like an HSM, and one that
 * computes on the CPUs that the services and the load also need, so that its figure depends on the machine as well.
 */
const seconds = Number(process.argv[2] ?? 10);
const flood = { clients: 32, batch: 50 };
/** The time of one signature in a network HSM, in milliseconds, and its number of concurrent signatures. */
const elsewhere = { ms: 5, lanes: 4 };

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A tenant with its own key. */
const jobOf = async (stack: Stack, slug: string, algorithm: AlgorithmName, load: typeof flood): Promise<Job> => {
  const platform = await stack.mint({ tenantId: platformTenantId, subject: 'bench', roles: ['platform-admin'] });
  const { id } = await apiOf(stack.baseUrl, platform).post<Tenant>('/tenants', { slug, name: slug });
  const token = await stack.mint({ tenantId: id, subject: 'bench', roles: ['tenant-admin'] });
  const key = { algorithm, purpose: 'sign', label: slug };
  const { id: keyId } = await apiOf(stack.baseUrl, token).post<Key>('/keys', key);
  const item = { keyId, payload: 'AAAA' };
  const { clients, batch } = load;
  const { hostname: host, port } = new URL(stack.baseUrl);
  return {
    target: { host, port: Number(port), path: '/api/v1/sign', headers: { authorization: `Bearer ${token}` } },
    bodies: [JSON.stringify(batch === 1 ? item : { items: Array.from({ length: batch }, () => item) })],
    shape: { kind: 'closed', clients },
    seconds,
    samples: 0,
  };
};

const inWords = (of: Outcome['latency']): string => `${of?.p50.toFixed(1)}, ${of?.p99.toFixed(1)}`;

const say = (what: string, { requests, failures, latency, worker, hsm }: Outcome): void =>
  print(
    `  ${what.padEnd(24)} ${String(requests).padStart(6)} requests, ${failures} failed; p50 and p99 in ms: ${inWords(latency)}; in the worker ${inWords(worker)}; in the token ${inWords(hsm)}`,
  );

/** The quiet tenant's latency alone and beside the flood, and their ratio. */
const compare = async (stack: Stack, algorithm: AlgorithmName): Promise<void> => {
  const [quietly, loudly] = [startGenerator(), startGenerator()];
  try {
    const quiet = await jobOf(stack, 'quiet', algorithm, { clients: 1, batch: 1 });
    const loud = await jobOf(stack, 'loud', algorithm, flood);
    // The first calls warm up and are not measured.
    await (await quietly.prepare(quiet))();
    const alone = await (await quietly.prepare(quiet))();
    say('quiet tenant, alone', alone);
    const [runQuiet, runLoud] = [await quietly.prepare(quiet), await loudly.prepare(loud)];
    const [beside, flooding] = await Promise.all([runQuiet(), runLoud()]);
    say('quiet tenant, beside', beside);
    say(`flood of ${flood.clients} × ${flood.batch}`, flooding);
    const ratio = (beside.latency?.p99 ?? 0) / (alone.latency?.p99 ?? 1);
    print(`  p99 beside the flood is ${ratio.toFixed(2)} times that alone (aim: 2)`);
  } finally {
    quietly.stop();
    loudly.stop();
  }
};

const withStack = async (options: StackOptions, work: (stack: Stack) => Promise<void>): Promise<void> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'anka-fair-'));
  const stack = await startStack({ dataDirectory, ...options });
  try {
    await work(stack);
  } finally {
    await stack.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
};

print(`A token that takes ${elsewhere.ms} ms for a signature elsewhere, ${elsewhere.lanes} at a time`);
const shim = createPkcs11Shim(softHsmLibrary());
const pkcs11 = { 'library-path': shim.libraryPath, 'session-pool-size': elsewhere.lanes };
const worker = { configuration: { hsm: { pkcs11 } }, environment: shim.env };
try {
  await withStack({ services: { 'crypto-worker': worker } }, (stack) => {
    shim.inject({ C_Sign: `sleep:${elsewhere.ms}` });
    return compare(stack, 'EC-P256');
  });
} finally {
  shim.remove();
}
print('A token that computes RSA-3072 on this machine’s processors');
await withStack({}, (stack) => compare(stack, 'RSA-3072'));
