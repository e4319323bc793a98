import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Key, platformTenantId, type Tenant } from '@ankasecure/contracts';
import { type Stack, startStack } from '@ankasecure/local';
import { apiOf } from './api.js';
import { startGenerator } from './generator/generator.js';
import type { Job, Outcome } from './generator/job.js';

/**
 * `npm run bench:fair -- [seconds]`: one tenant asks in peace, then beside another that floods the HSM with batches.
 * Shows what the flood leaves of the first one's latency. The figure is the machine's as much as ours: token, services and
 * load share its processors.
 */
const seconds = Number(process.argv[2] ?? 10);
const flood = { clients: 32, batch: 50 };

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A tenant with an RSA-3072 key, which costs a token so much that its queue decides. */
const jobOf = async (stack: Stack, slug: string, clients: number, batch: number): Promise<Job> => {
  const platform = await stack.mint({ tenantId: platformTenantId, subject: 'bench', roles: ['platform-admin'] });
  const { id } = await apiOf(stack.baseUrl, platform).post<Tenant>('/tenants', { slug, name: slug });
  const token = await stack.mint({ tenantId: id, subject: 'bench', roles: ['tenant-admin'] });
  const key = { algorithm: 'RSA-3072', purpose: 'sign', label: slug };
  const { id: keyId } = await apiOf(stack.baseUrl, token).post<Key>('/keys', key);
  const item = { keyId, payload: 'AAAA' };
  const { hostname: host, port } = new URL(stack.baseUrl);
  return {
    target: { host, port: Number(port), path: '/api/v1/sign', headers: { authorization: `Bearer ${token}` } },
    bodies: [JSON.stringify(batch === 1 ? item : { items: Array.from({ length: batch }, () => item) })],
    shape: { kind: 'closed', clients },
    seconds,
    samples: 0,
  };
};

const say = (what: string, { requests, failures, latency, worker, hsm }: Outcome): void =>
  print(
    `  ${what.padEnd(24)} ${String(requests).padStart(6)} requests, ${failures} failed; ms: p50 ${latency?.p50.toFixed(1)}, p99 ${latency?.p99.toFixed(1)}; in the worker ${worker?.p50.toFixed(1)}, ${worker?.p99.toFixed(1)}; in the token ${hsm?.p50.toFixed(1)}, ${hsm?.p99.toFixed(1)}`,
  );

const dataDirectory = await mkdtemp(join(tmpdir(), 'anka-fair-'));
const stack = await startStack({ dataDirectory });
const [quietly, loudly] = [startGenerator(), startGenerator()];
try {
  const [quiet, loud] = [await jobOf(stack, 'quiet', 1, 1), await jobOf(stack, 'loud', flood.clients, flood.batch)];
  const alone = await (await quietly.prepare(quiet))();
  say('quiet tenant, alone', alone);
  const [runQuiet, runLoud] = [await quietly.prepare(quiet), await loudly.prepare(loud)];
  const [beside, flooding] = await Promise.all([runQuiet(), runLoud()]);
  say('quiet tenant, beside', beside);
  say(`flood of ${flood.clients} × ${flood.batch}`, flooding);
  print(
    `  p99 beside the flood is ${((beside.latency?.p99 ?? 0) / (alone.latency?.p99 ?? 1)).toFixed(2)} times that alone`,
  );
} finally {
  quietly.stop();
  loudly.stop();
  await stack.stop();
  await rm(dataDirectory, { recursive: true, force: true });
}
