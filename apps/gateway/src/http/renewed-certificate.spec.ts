import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { makeIdentity, type TlsIdentity } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rig, startRig } from '../testing/rig.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-renewed-'));
const tls = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem'), clientCertificates: true };
const write = ({ cert, key }: TlsIdentity): void => {
  writeFileSync(tls.certFile, cert);
  writeFileSync(tls.keyFile, key);
};

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  await rig.stop();
  rmSync(directory, { recursive: true });
});

/** The connection that the agent uses, and the name in the certificate that it began with. */
const seenBy = (port: number, agent: Agent): Promise<{ at: number | undefined; subject: string | undefined }> =>
  new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/livez', agent, rejectUnauthorized: false }, (response) => {
      const { socket } = response;
      response.resume().once('end', () => {
        if (!(socket instanceof TLSSocket)) return reject(new Error('no TLS'));
        resolve({ at: socket.localPort, subject: socket.getPeerX509Certificate()?.subject });
      });
    });
    request.once('error', reject);
  });

it('a changed certificate is shown to new connections, and open ones stay', async () => {
  const names = 'IP:127.0.0.1';
  write(await makeIdentity({ subject: '/CN=first', names }));
  const gateway = await rig.gateway({ http: { tls } });
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const fresh = async () => (await seenBy(gateway.port, new Agent({ maxCachedSessions: 0 }))).subject;
  const { at, subject } = await seenBy(gateway.port, kept);
  expect([subject, await fresh()]).toEqual(['CN=first', 'CN=first']);

  write(await makeIdentity({ subject: '/CN=second', names }));
  gateway.parts.files.look();
  expect(await fresh()).toBe('CN=second');
  expect((await seenBy(gateway.port, kept)).at).toBe(at);

  writeFileSync(tls.keyFile, 'rubbish');
  gateway.parts.files.look();
  expect(await fresh()).toBe('CN=second');
  kept.destroy();
});

/** Keys in the syntax of `openssl req -newkey`. TLS takes a certificate and a key of different types without a word. */
const kinds = {
  'EC P-256': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'RSA-2048': ['rsa:2048'],
  Ed25519: ['ed25519'],
} as const;
const pairs = Object.keys(kinds).flatMap((own) => Object.keys(kinds).map((other) => [own, other] as const));

describe.each(pairs)('a certificate of %s and a key of %s that is not its own', (own, other) => {
  const names = 'IP:127.0.0.1';
  const make = (kind: string, subject: string) =>
    makeIdentity({ key: kinds[kind as keyof typeof kinds], subject, names });

  it('do not start, and during a renewal the last pair stays in use until both files fit', async () => {
    const [first, second] = [await make(own, '/CN=first'), await make(other, '/CN=second')];
    write({ cert: first.cert, key: second.key });
    const refusal = {
      reason: 'file',
      message: expect.stringContaining('is not that of the first certificate') as string,
    };
    await expect(rig.gateway({ http: { tls } })).rejects.toMatchObject(refusal);

    write(first);
    const { port, parts } = await rig.gateway({ http: { tls } });
    const shown = async () => (await seenBy(port, new Agent({ maxCachedSessions: 0 }))).subject;
    const refused = async () => {
      const gauge = await parts.health.registry.getSingleMetric('ankasecure_file_refused')?.get();
      return gauge?.values.find(({ labels }) => labels['file'] === tls.certFile)?.value;
    };
    writeFileSync(tls.keyFile, second.key);
    parts.files.look();
    expect([await shown(), await refused()]).toEqual(['CN=first', 1]);
    writeFileSync(tls.certFile, second.cert);
    parts.files.look();
    expect([await shown(), await refused()]).toEqual(['CN=second', 0]);
  });
});
