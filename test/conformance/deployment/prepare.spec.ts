import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { platformTenantId, services } from '@ankasecure/contracts';
import { repository } from '@ankasecure/local';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { nodes } from '../sdk/packed.js';
import { compose, matches, prepare, read, secretsDirectory, serviceNamed } from './workplace.js';

const prepared = prepare();
afterAll(prepared.remove);

describe('prepare.mjs', () => {
  const modes = (directory: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(directory, { withFileTypes: true, recursive: true }).map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(directory, path), (statSync(path).mode & 0o777).toString(8)];
      }),
    );

  it('writes into a directory that only its owner may enter, and makes only mounted files readable by everyone', () => {
    const found = modes(prepared.directory);
    const mounted = Object.values(compose.secrets).map(({ file }) =>
      relative(prepared.directory, prepared.fileOf(file)),
    );
    const open = [
      'nats/ca.pem',
      'nats/server.pem',
      'nats/nats.conf',
      'gateway/ca.pem',
      'gateway/server.pem',
      'identity/jwks.json',
    ];
    const expected = [
      ...mounted.map((path) => [path, '444']),
      ...open.map((path) => [path, '644']),
      ...['nats', 'gateway', 'identity'].map((path) => [path, '700']),
      ['identity/issuer-key.json', '600'],
    ];
    expect(found).toEqual(Object.fromEntries(expected));
    expect(statSync(prepared.directory).mode & 0o777).toBe(0o700);
  });

  it('keeps every secret when it runs again, and creates new certificates', () => {
    const content = (path: string): string => readFileSync(prepared.fileOf(path), 'utf8');
    const kept = Object.values(compose.secrets)
      .map(({ file }) => file)
      .filter((file) => !file.endsWith('-key.pem'));
    const before = kept.map(content);
    const certificate = content(`${secretsDirectory}nats/server.pem`);
    const configuration = content(`${secretsDirectory}nats/nats.conf`);
    prepared.run('prepare.mjs');
    expect(kept.map(content)).toEqual(before);
    expect(content(`${secretsDirectory}nats/nats.conf`)).toBe(configuration);
    expect(content(`${secretsDirectory}nats/server.pem`)).not.toBe(certificate);
  });

  it('runs on every Node that the README names, and so does mint.mjs', async () => {
    const directory = ['--directory', prepared.directory];
    for (const node of await nodes()) {
      execFileSync(node, [join(repository, 'deploy/docker/prepare.mjs'), ...directory]);
      const token = execFileSync(node, [join(repository, 'deploy/docker/mint.mjs'), ...directory], {
        encoding: 'utf8',
      });
      expect(token, node).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+\n/);
    }
  });

  it('writes a bus configuration that nats-server accepts', () => {
    const text = readFileSync(join(prepared.directory, 'nats/nats.conf'), 'utf8');
    const here = text
      .replace('/etc/nats/server.pem', join(prepared.directory, 'nats/server.pem'))
      .replace('/run/secrets/nats_tls_key', join(prepared.directory, 'nats/server-key.pem'));
    const PATH = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin'].join(':');
    const file = join(mkdtempSync(join(tmpdir(), 'anka-nats-conf-')), 'nats.conf');
    writeFileSync(file, here);
    expect(() => execFileSync('nats-server', ['-t', '-c', file], { env: { PATH }, stdio: 'pipe' })).not.toThrow();
    rmSync(join(file, '..'), { recursive: true });
    expect(text).toContain('listen: "0.0.0.0:4222"');
    expect(text.match(/nkey: U/g)).toHaveLength(services.length);
  });

  it('puts the host that services connect to into the bus’s certificate', () => {
    const said = execFileSync(
      'openssl',
      ['x509', '-in', join(prepared.directory, 'nats/server.pem'), '-noout', '-ext', 'subjectAltName'],
      { encoding: 'utf8' },
    );
    expect(said).toContain('DNS:nats');
    expect(existsSync(join(prepared.directory, 'nats/ca-key.pem'))).toBe(false);
  });

  it('ignores its output in the repository and in images', () => {
    expect(read('deploy/docker/.gitignore').split('\n')).toContain('secrets/');
    const ignored = read('.dockerignore').split('\n');
    expect(ignored.find((line) => line !== '' && !line.startsWith('#'))).toBe('**');
    expect(ignored.filter((line) => line.startsWith('!deploy/docker'))).toEqual([
      '!deploy/docker/*.mjs',
      '!deploy/docker/softhsm2.conf',
    ]);
  });
});

describe('mint.mjs', () => {
  const verified = async (token: string) => {
    const keys = createLocalJWKSet(
      JSON.parse(readFileSync(join(prepared.directory, 'identity/jwks.json'), 'utf8')) as JSONWebKeySet,
    );
    const text = prepared.configurationOf(serviceNamed('gateway'));
    const value = (key: string): string => matches(text, new RegExp(`${key}: (\\S+)`, 'g'))[0] ?? '';
    const { payload } = await jwtVerify(token.trim(), keys, {
      issuer: value('issuer'),
      audience: value('audience'),
      algorithms: ['ES256'],
    });
    return payload;
  };

  it('mints a platform administrator’s token that the gateway’s issuer settings accept', async () => {
    expect(await verified(prepared.run('mint.mjs'))).toMatchObject({
      tenant: platformTenantId,
      roles: ['platform-admin'],
    });
  });

  it('mints a tenant’s token with the requested claims', async () => {
    const tenant = '0190a0c4-0000-7000-8000-000000000001';
    expect(
      await verified(prepared.run('mint.mjs', '--tenant', tenant, '--roles', 'user,auditor', '--subject', 'app')),
    ).toMatchObject({ tenant, roles: ['user', 'auditor'], sub: 'app' });
  });

  it('refuses a role that does not exist', () => {
    expect(() => prepared.run('mint.mjs', '--roles', 'root')).toThrow('There is no role root');
  });
});
