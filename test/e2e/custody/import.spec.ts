import { execFile } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Key, SignResult, WrappingKey } from '@ankasecure/contracts';
import { repository } from '@ankasecure/local';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

const run = promisify(execFile);

let rig: Rig;
let tenant: Tenant;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

/** The recipe as it stands in the README. */
const recipe = (): string => {
  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  const found = /## Bring your own key\n[^]*?```sh\n([^]*?)```/.exec(readme)?.[1];
  if (found === undefined) throw new Error('the README has no such recipe');
  return found;
};

describe('a key of one’s own', () => {
  it('comes in by the README’s recipe, as pasted, and signs what its old copy verifies', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'anka-import-'));
    try {
      const token = await rig.mint({ tenantId: tenant.id, subject: 'somebody', roles: ['application-admin'] });
      const { stdout } = await run('bash', ['-euc', recipe()], {
        cwd: directory,
        env: { ...process.env, URL: rig.baseUrl, TOKEN: token },
      });
      const key = JSON.parse(stdout) as Key;
      const mine = createPublicKey(readFileSync(join(directory, 'mine.pem')));
      expect(key, stdout).toMatchObject({ algorithm: 'EC-P256', label: 'mine', state: 'ACTIVE', custody: 'token' });
      expect(key.publicKey?.pem).toBe(mine.export({ format: 'pem', type: 'spki' }));
      const { signature = '' } = await tenant.admin.post<SignResult>('/sign', {
        keyId: key.id,
        payload: 'hello',
        encoding: 'utf8',
        format: 'raw',
      });
      const how = { key: mine, dsaEncoding: 'ieee-p1363' as const };
      expect(verify('sha256', Buffer.from('hello'), how, Buffer.from(signature, 'base64url'))).toBe(true);
      const [event] = await eventually('its sealed event', async () => {
        const all = await eventsOf(tenant.admin, { keyId: key.id, operation: 'key.import' });
        return all.length > 0 && all;
      });
      expect(event?.details).toMatchObject({ method: 'rsa-aes-kwp', custody: 'token', oaepHash: 'SHA-1' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is refused before it is looked at where the token cannot take it in, and uniformly where it is garbage', async () => {
    const { methods } = await tenant.admin.get<WrappingKey>('/wrapping-key');
    expect(methods).toMatchObject([{ method: 'rsa-aes-kwp', available: true, oaepHash: 'SHA-1' }]);
    const wrappedKey = Buffer.alloc(600, 7).toString('base64url');
    const body = { label: 'x', method: 'rsa-aes-kwp', wrappedKey };
    const refused = (more: object) => tenant.admin.send('POST', '/keys/import', { body: { ...body, ...more } });
    expectProblem(await refused({ algorithm: 'Ed25519' }), 'algorithm-unavailable');
    expectProblem(await refused({ algorithm: 'EC-P256' }), 'decryption-failed');
    expectProblem(await refused({ algorithm: 'EC-P256', custody: 'wrapped' }), 'decryption-failed');
  });
});
