import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Key, platformTenantId, type Service, type SignResult, type Tenant } from '@ankasecure/contracts';
import { type HsmToken, prepareSoftHsm, repository } from '@ankasecure/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../harness/client.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { eventually } from '../harness/wait.js';
import { CopiedProcess } from './copied-process.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-north-'));
const secrets = join(directory, 'secrets');
const secret = (name: string): string => readFileSync(join(secrets, name), 'utf8');

interface Readiness {
  readonly status: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly reasons?: Readonly<Record<string, string>>;
}

/** What `/readyz` says. */
const readiness = async (url: string): Promise<Readiness | undefined> => {
  const response = await fetch(`${url}/readyz`).catch(() => undefined);
  return response?.json() as Promise<Readiness | undefined>;
};
const isReady = (told: Readiness | undefined): boolean => told?.status === 'ok';

/**
 * Follows deploy/hsm/README.md: `prepare.mjs` with ANKASECURE_PARTITIONS, its bus configuration, a role of the database, and a
 * worker with the files that it wrote.
 */
describe('a second partition that is set up as the page says', () => {
  let rig: OwnRig;
  let north: HsmToken;
  let baseUrl: string;
  const started: { process: CopiedProcess; child: ReturnType<CopiedProcess['start']> }[] = [];

  /** Starts a copy of a service with the nkey that `prepare.mjs` made. @returns the URL of its health */
  const start = async (service: Service, seed: string, change: (copy: CopiedProcess) => void = () => undefined) => {
    const copy = new CopiedProcess(rig, service);
    const url = await copy.prepare();
    copy.files.secret('nats_seed', secret(seed));
    change(copy);
    const child = copy.start(
      'main.js',
      service === 'crypto-worker' && seed.includes('north') ? north.env : rig.hsm.env,
    );
    child.stdout.resume();
    child.stderr.pipe(process.stderr);
    started.push({ process: copy, child });
    return url;
  };

  /** A worker of the partition north. */
  const startNorth = async (seed: string) => {
    const { user, password } = await rig.stack.postgres.partitionLogin('ankadb_keys', 'north');
    return start('crypto-worker', seed, ({ files }) => {
      files.set('partition', 'north');
      files.set('hsm', {
        partitions: {
          north: { 'library-path': north.libraryPath, 'token-label': north.tokenLabel, pin: '${pkcs11_pin}' },
        },
      });
      files.set('database.user', user);
      files.secret('db_password', password);
      files.secret('pkcs11_pin', north.pin);
    });
  };

  beforeAll(async () => {
    rig = await startOwnRig({ workers: 1 });
    baseUrl = rig.baseUrl;
    for (const name of ['gateway', 'policy', 'audit', 'crypto-worker-1']) await rig.stack.kill(name, 'SIGTERM');
    north = await prepareSoftHsm(join(directory, 'token'), 'ankasecure-north', true);
    execFileSync(process.execPath, [join(repository, 'deploy/docker/prepare.mjs'), '--directory', secrets], {
      env: { PATH: process.env['PATH'], ANKASECURE_PARTITIONS: 'north' },
      stdio: 'pipe',
    });
    // The server keeps its address, its certificate and its place: only who may do what is that of prepare.mjs.
    const { caFile, port, process: server } = rig.stack.nats;
    const at = dirname(caFile);
    const prepared = secret('nats/nats.conf')
      .replace('listen: "0.0.0.0:4222"', `listen: "127.0.0.1:${port}"`)
      .replace('/etc/nats/server.pem', join(at, 'server.pem'))
      .replace('/run/secrets/nats_tls_key', join(at, 'server-key.pem'))
      .replace(/^http: .*$/m, '');
    writeFileSync(join(at, 'nats.conf'), prepared);
    server.signal('SIGHUP');
    const urls = [
      await start('policy', 'policy_nats_seed', ({ files }) => files.set('partitions', ['north'])),
      await start('audit', 'audit_nats_seed'),
      await start('crypto-worker', 'crypto_worker_nats_seed'),
      await startNorth('crypto_worker_north_nats_seed'),
      await start('gateway', 'gateway_nats_seed'),
    ];
    for (const url of urls) await eventually(`readiness of ${url}`, async () => isReady(await readiness(url)));
  });
  afterAll(async () => {
    for (const { process: copy, child } of started) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
      copy.end();
    }
    await rig.stop();
    rmSync(directory, { recursive: true });
  });

  it.each(['default', 'north'])('serves a tenant on %s', async (partition) => {
    const platform = clientOf(
      baseUrl,
      await rig.mint({ tenantId: platformTenantId, subject: 'root', roles: ['platform-admin'], lifetimeSeconds: 600 }),
    );
    const body = { slug: `t-${partition}`, name: partition, partition };
    const headers = { 'idempotency-key': randomUUID() };
    const { id } = await eventually('a tenant', () => platform.post<Tenant>('/tenants', body, headers));
    const claims = {
      tenantId: id,
      subject: 'admin',
      roles: ['tenant-admin', 'application-admin'],
      lifetimeSeconds: 600,
    };
    const admin = clientOf(baseUrl, await rig.mint(claims as Parameters<typeof rig.mint>[0]));
    const key = await eventually('a key', () => admin.post<Key>('/keys', { label: 'one', algorithm: 'EC-P256' }));
    expect(key.hsm.partition).toBe(partition);
    const { status, text } = await admin.send<SignResult>('POST', '/sign', {
      body: { keyId: key.id, payload: 'AAAA' },
    });
    expect(status, text).toBe(200);
  });

  it('tells a worker with another partition’s nkey, in its readiness, what it lacks and what to do', async () => {
    const url = await startNorth('crypto_worker_nats_seed');
    const told = await eventually('a reason', async () => {
      const answer = await readiness(url);
      return answer?.reasons !== undefined && answer;
    });
    expect(told).toMatchObject({ status: 'not ready', parts: { database: 'ok', nats: 'failed' } });
    expect(told.reasons?.['nats']).toMatch(
      /crypto-worker of the partition north.*Set nats\.nkey-seed .* for the partition north/,
    );
    expect(JSON.stringify(told)).not.toMatch(/127\.0\.0\.1|SU[A-Z2-7]{56}/);
  });

  it('keeps its permissions when prepare.mjs runs again without its name', () => {
    const before = secret('nats/nats.conf');
    execFileSync(process.execPath, [join(repository, 'deploy/docker/prepare.mjs'), '--directory', secrets], {
      env: { PATH: process.env['PATH'] },
      stdio: 'pipe',
    });
    expect(secret('nats/nats.conf')).toBe(before);
    expect(before).toContain('"crypto.north.');
  });
});
