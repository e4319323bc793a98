import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { makeIdentity, type TlsIdentity } from '@ankasecure/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
