import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '@ankasecure/contracts';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { patched, type Wiring, writeMigrationConfiguration, writeServiceConfiguration } from './configuration.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-configuration-'));
afterAll(() => rmSync(directory, { recursive: true }));

const login = (user: string, password: string) => ({
  host: '127.0.0.1',
  port: 5432,
  database: 'ankadb_x',
  user,
  password,
});
const wiring: Wiring = {
  nats: { url: 'tls://127.0.0.1:4222', caFile: '/ca.pem', seed: 'the-nkey-seed' },
  database: { app: login('ankadb_x_app', 'the-app-password'), owner: login('ankadb_x_owner', 'the-owner-password') },
  observabilityPort: 9000,
  httpPort: 8080,
  jwksFile: '/jwks.json',
  cursorSecret: 'the-cursor-secret',
  partitions: [],
  hsm: {
    partition: 'default',
    name: 'softhsm',
    libraryPath: '/lib.so',
    tokenLabel: 'ankasecure',
    tokenSerial: 'ab',
    pin: 'the-pin',
  },
};
const allSecrets = ['the-nkey-seed', 'the-app-password', 'the-owner-password', 'the-cursor-secret', 'the-pin'];

const filesOf = (environment: { ANKASECURE_CONFIG: string; ANKASECURE_SECRETS: string }) => {
  const secrets = readdirSync(environment.ANKASECURE_SECRETS).map((name) => join(environment.ANKASECURE_SECRETS, name));
  return { document: environment.ANKASECURE_CONFIG, secrets };
};
const read = (file: string): string => readFileSync(file, 'utf8');

describe.each(services)('%s', (service) => {
  const { document, secrets } = filesOf(writeServiceConfiguration(join(directory, service), service, wiring));

  it('sees only its own secrets: only the crypto-worker gets the PIN, and no service gets the owner’s password', () => {
    const seen = secrets.map(read);
    expect(seen.includes('the-pin')).toBe(service === 'crypto-worker');
    expect(seen.includes('the-cursor-secret')).toBe(service !== 'gateway');
    expect(seen).not.toContain('the-owner-password');
  });

  it('finds each placeholder among its secrets, and no secret in the document', () => {
    const placeholders = [...read(document).matchAll(/\$\{([^}:]+)\}/g)].map(([, name]) => name);
    expect(placeholders.sort()).toEqual(secrets.map((file) => file.split('/').at(-1)).sort());
    for (const secret of allSecrets) expect(read(document)).not.toContain(secret);
  });

  it('is readable only by its owner', () => {
    for (const file of [document, ...secrets]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

it('gives the worker of a partition only its own token, and gives policy the list of partitions', () => {
  const elsewhere = { ...wiring, partitions: ['north'], hsm: { ...wiring.hsm, partition: 'north', tokenLabel: 'n' } };
  const { document } = filesOf(writeServiceConfiguration(join(directory, 'north'), 'crypto-worker', elsewhere));
  const { ankasecure } = parse(read(document)) as { ankasecure: { partition: string; hsm: object } };
  expect(ankasecure.partition).toBe('north');
  expect(ankasecure.hsm).toMatchObject({ partitions: { north: { 'token-label': 'n' } } });
  expect(ankasecure.hsm).not.toHaveProperty('pkcs11');
  const { document: policy } = filesOf(writeServiceConfiguration(join(directory, 'of'), 'policy', elsewhere));
  expect(parse(read(policy))).toMatchObject({ ankasecure: { partitions: ['north'] } });
});

it('gives migrate only the database and its owner', () => {
  const { document, secrets } = filesOf(writeMigrationConfiguration(join(directory, 'migrate'), wiring));
  const { ankasecure } = parse(read(document)) as { ankasecure: Record<string, unknown> };
  expect(Object.keys(ankasecure)).toEqual(['database']);
  expect(ankasecure['database']).toMatchObject({ owner: { user: 'ankadb_x_owner', password: '${db_owner_password}' } });
  expect(secrets.map(read).sort()).toEqual(['the-app-password', 'the-owner-password']);
});

it('merges a patch into the document, section by section', () => {
  const base = { http: { host: 'a', port: 1 }, list: [1, 2] };
  expect(patched(base, { http: { port: 2 }, list: [3], quota: { burst: 1 } })).toEqual({
    http: { host: 'a', port: 2 },
    list: [3],
    quota: { burst: 1 },
  });
});
