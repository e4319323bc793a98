import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { KeyExchange } from '@ankasecure/service-kit';
import { makeIdentity, makeMlDsaIdentity, type TlsIdentity } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-key-exchange-'));
const filesOf = (name: string) => ({
  certFile: join(directory, `${name}.pem`),
  keyFile: join(directory, `${name}-key.pem`),
});
const write = (name: string, { cert, key }: TlsIdentity) => {
  const files = filesOf(name);
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
  return files;
};

let rig: Rig;
const gateways: Partial<Record<KeyExchange | 'unset', Gateway>> = {};
const portOf = (configured: KeyExchange | 'unset'): number => gateways[configured]?.port ?? 0;
beforeAll(async () => {
  rig = await startRig();
  const tls = write('classical', await makeIdentity({ subject: '/CN=classical', names: 'IP:127.0.0.1' }));
  gateways.unset = await rig.gateway({ http: { tls: { ...tls, clientCertificates: false } } });
  for (const keyExchange of ['hybrid-preferred', 'hybrid-only'] as const)
    gateways[keyExchange] = await rig.gateway({ http: { tls: { ...tls, keyExchange, clientCertificates: false } } });
});
afterAll(async () => {
  await rig.stop();
  rmSync(directory, { recursive: true });
});

/** What a connection has agreed on; `refused` if it came to none. */
interface Agreed {
  readonly protocol: string | null;
  readonly group: string | undefined;
  readonly subject: string | undefined;
}

const agreedBy = (socket: TLSSocket): Agreed => ({
  protocol: socket.getProtocol(),
  group: (socket.getEphemeralKeyInfo() as { name?: string } | null)?.name,
  subject: socket.getPeerX509Certificate()?.subject,
});

const agree = (port: number, options: ConnectionOptions = {}): Promise<Agreed | 'refused'> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve(agreedBy(socket));
      socket.destroy();
    });
    socket.once('error', () => resolve('refused'));
  });

/** Clients by the groups that they offer, and the group that a server without a ban agrees on. */
const clients = [
  ['Node as it is', {}, 'X25519MLKEM768', 'TLSv1.3'],
  ['hybrid alone', { ecdhCurve: 'X25519MLKEM768' }, 'X25519MLKEM768', 'TLSv1.3'],
  [
    'hybrid, with key shares for classical groups only',
    { ecdhCurve: '*X25519:X25519MLKEM768' },
    'X25519MLKEM768',
    'TLSv1.3',
  ],
  ['the hybrid of P-256', { ecdhCurve: 'SecP256r1MLKEM768:P-256' }, 'SecP256r1MLKEM768', 'TLSv1.3'],
  ['the hybrid of P-384', { ecdhCurve: 'SecP384r1MLKEM1024:P-384' }, 'SecP384r1MLKEM1024', 'TLSv1.3'],
  ['X25519 alone', { ecdhCurve: 'X25519' }, 'X25519', 'TLSv1.3'],
  ['P-384 alone', { ecdhCurve: 'P-384' }, 'secp384r1', 'TLSv1.3'],
  ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 'X25519', 'TLSv1.2'],
] as const satisfies readonly (readonly [string, ConnectionOptions, string, string])[];

describe.each(clients)('a client with %s', (_, offered, group, protocol) => {
  it.each(['unset', 'hybrid-preferred'] as const)('gets %s’s best common group', async (configured) => {
    expect(await agree(portOf(configured), offered)).toMatchObject({ group, protocol });
  });

  it('gets in where classical groups are forbidden only with a hybrid one', async () => {
    const agreed = await agree(portOf('hybrid-only'), offered);
    if (group.includes('MLKEM')) expect(agreed).toMatchObject({ group, protocol });
    else expect(agreed).toBe('refused');
  });
});

/** The last lines of `openssl s_client`, which knows no hybrid groups in Debian 12. */
const sClient = (port: number, ...options: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, ...options];
    execFile('openssl', args, (_error, stdout, stderr) => resolve(stdout + stderr)).stdin?.end();
  });

describe('openssl s_client', () => {
  it.each([
    [[], /TLSv1\.3[\s\S]*Server Temp Key: X25519|Server Temp Key: X25519[\s\S]*TLSv1\.3/],
    [['-groups', 'P-256'], /Server Temp Key: ECDH, prime256v1/],
    [['-tls1_2'], /Server Temp Key: (X25519|ECDH)[\s\S]*Protocol *: TLSv1\.2/],
  ] as const)('gets in with %j unless classical groups are forbidden', async (options, agreed) => {
    expect(await sClient(portOf('unset'), ...options)).toMatch(agreed);
    expect(await sClient(portOf('hybrid-only'), ...options)).not.toMatch(/Server Temp Key/);
  });
});

it('a renewed certificate keeps the ban of classical groups', async () => {
  const tls = write('renewed', await makeIdentity({ subject: '/CN=first' }));
  const { port, parts } = await rig.gateway({
    http: { tls: { ...tls, keyExchange: 'hybrid-only', clientCertificates: true } },
  });
  write('renewed', await makeIdentity({ subject: '/CN=second' }));
  parts.files.look();
  expect(await agree(port)).toMatchObject({ subject: 'CN=second', group: 'X25519MLKEM768' });
  expect(await agree(port, { ecdhCurve: 'X25519' })).toBe('refused');
});

describe('a second certificate with an ML-DSA key', () => {
  const postQuantumOnly = { sigalgs: 'mldsa65' };
  const classicalOnly = { sigalgs: 'ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256' };

  it('is shown to clients that verify its signatures, and the first one to all others', async () => {
    const tls = write('both', await makeIdentity({ subject: '/CN=classical' }));
    const postQuantum = write('ml-dsa', makeMlDsaIdentity());
    const { port, parts } = await rig.gateway({ http: { tls: { ...tls, postQuantum, clientCertificates: false } } });
    expect(await agree(port, postQuantumOnly)).toMatchObject({ subject: 'CN=post-quantum client' });
    expect(await agree(port, classicalOnly)).toMatchObject({ subject: 'CN=classical' });
    expect(await agree(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ subject: 'CN=classical' });

    write('both', await makeIdentity({ subject: '/CN=renewed' }));
    parts.files.look();
    expect(await agree(port, classicalOnly)).toMatchObject({ subject: 'CN=renewed' });
    expect(await agree(port, postQuantumOnly)).toMatchObject({ subject: 'CN=post-quantum client' });
  });

  it('can be the only one, for clients that all verify it', async () => {
    const { port } = await rig.gateway({
      http: { tls: { ...write('alone', makeMlDsaIdentity()), clientCertificates: false } },
    });
    expect(await agree(port)).toMatchObject({ subject: 'CN=post-quantum client', group: 'X25519MLKEM768' });
    expect(await agree(port, classicalOnly)).toBe('refused');
  });
});
