import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeIdentity, makeMlDsaIdentity, type TlsIdentity } from '@ankasecure/testing';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokenPath } from '../access-token/client-authentication.js';
import { thumbprintOf } from '../http/client-certificate.js';
import { call } from '../testing/call.js';
import { ownIssuer } from '../testing/rig.js';
import {
  accountIn,
  boundTo,
  derOf,
  grantFor,
  makeClients,
  startTlsRig,
  type TlsRig,
  tokenIn,
} from '../testing/tls-rig.js';
import { asTenant, seconds, tenantA, tenantB } from '../testing/token.js';
import type { ServiceAccount } from './service-account.contract.js';

const dayMs = 24 * 3_600_000;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let tls: TlsRig;
let client: TlsIdentity;
let stranger: TlsIdentity;
/** The client's TLS identity. */
let account: ServiceAccount;

beforeAll(async () => {
  tls = await startTlsRig();
  ({ client, stranger } = await makeClients());
  account = await tls.newAccount(client);
});
afterAll(() => tls.rig.stop());
afterEach(() => void vi.useRealTimers());

/** A public key for a new account, and its private key. */
const makeKey = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  return { keys: [{ ...(await exportJWK(publicKey)), kid: 'x', alg: 'ES256' }], privateKey };
};

/** Clients whose certificates are accepted. */
const good: Record<string, () => Promise<TlsIdentity> | TlsIdentity> = {
  'EC P-256': () => makeIdentity(),
  'EC P-384': () => makeIdentity({ key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'] }),
  'EC P-521': () => makeIdentity({ key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521'] }),
  'RSA-2048': () => makeIdentity({ key: ['rsa:2048'] }),
  Ed25519: () => makeIdentity({ key: ['ed25519'] }),
  'ML-DSA-65': () => makeMlDsaIdentity(),
};

describe('a service account with a certificate', () => {
  it('shows the certificate’s thumbprint, subject and end, and nothing more', () => {
    const { notAfter, ...shown } = account.certificates[0] ?? {};
    expect(shown).toEqual({ thumbprint: thumbprintOf(derOf(client)), subject: 'O=Acme, CN=payments' });
    expect(Date.parse(String(notAfter))).toBe(new X509Certificate(client.cert).validToDate.getTime());
    expect(account.keys).toEqual([]);
  });

  it.each(Object.entries(good))(
    'of %s gets a token that is bound to it, and is admitted with both',
    async (_, make) => {
      const identity = await make();
      const own = await tls.newAccount(identity);
      const answer = await tls.askToken(own.clientId, { identity });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([200, { token_type: 'Bearer', expires_in: 60 }]);
      expect(decodeJwt(tokenIn(answer))).toMatchObject({ sub: own.id, tenant: tenantA, cnf: boundTo(identity) });
      expect((await tls.read(tokenIn(answer), { identity })).status).toBe(200);
      expect(tls.rig.standIns.heard.get('listKeys')?.at(-1)?.context).toMatchObject({
        tenantId: tenantA,
        principal: own.id,
      });
    },
  );

  it('can have several certificates, in base64 DER or PEM, and keys', async () => {
    const { keys } = await makeKey();
    const explained = `Certificate:\n    Data:\n        Version: 3 (0x2)\n${stranger.cert}`;
    const certificates = [derOf(client).toString('base64'), explained];
    const both = accountIn(await tls.create({ keys, certificates }));
    expect(both.certificates.map(({ thumbprint }) => thumbprint)).toEqual(
      [client, stranger].map((one) => thumbprintOf(derOf(one))),
    );
    for (const identity of [client, stranger])
      expect((await tls.askToken(both.clientId, { identity })).status).toBe(200);
  });

  it('rolls its certificate in place, by thumbprint for the old one, which gets an end', async () => {
    const held = await tls.newAccount(client);
    const put = (certificates: readonly object[] | readonly string[], revision: number) =>
      call(tls.plain, 'PUT', `/api/v1/service-accounts/${held.id}`, {
        token: tls.admin,
        headers: { 'if-match': `"${revision}"` },
        body: JSON.stringify({ name: 'payments', roles: ['user'], groups: [], keys: [], certificates }),
      });
    const { 'x5t#S256': thumbprint } = boundTo(client);
    const both = await put([{ thumbprint }, { certificate: stranger.cert }] as readonly object[], 1);
    expect(both.status, both.text).toBe(200);
    const token = tokenIn(await tls.askToken(held.clientId, { identity: client }));
    expect((await tls.read(token, { identity: client })).status).toBe(200);
    expect((await tls.askToken(held.clientId, { identity: stranger })).status).toBe(200);
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const ended = await put([{ thumbprint, expiresAt }, { certificate: stranger.cert }], 2);
    expect(accountIn(ended).certificates).toMatchObject([
      { thumbprint, subject: 'O=Acme, CN=payments', expiresAt },
      { thumbprint: boundTo(stranger)['x5t#S256'] },
    ]);
    expect((await tls.read(token, { identity: client })).status).toBe(401);
    expect((await tls.askToken(held.clientId, { identity: client })).status).toBe(401);
    expect((await tls.askToken(held.clientId, { identity: stranger })).status).toBe(200);
  });

  it('is read without its certificates, which would be most of a listing', async () => {
    const asked = vi.spyOn(PostgresQueryRunner.prototype, 'query');
    expect((await tls.askToken(account.clientId, { identity: client })).status).toBe(200);
    const listed = await call(tls.plain, 'GET', '/api/v1/service-accounts', { token: tls.admin });
    const rows = JSON.stringify(await Promise.all(asked.mock.results.map(({ value }): unknown => value)));
    asked.mockRestore();
    expect(listed.text).toContain(thumbprintOf(derOf(client)));
    expect(rows).toContain(thumbprintOf(derOf(client)));
    expect(rows).not.toContain(derOf(client).toString('base64'));
  });

  it('has its tokens recorded, with the method and the certificate', async () => {
    await tls.askToken(account.clientId, { identity: client });
    const { 'x5t#S256': thumbprint } = boundTo(client);
    await expect
      .poll(() =>
        tls.rig.standIns.sealed.find((event) => event.operation === 'token.issue' && event.userId === account.id),
      )
      .toMatchObject({ tenantId: tenantA, details: { method: 'tls-client-auth', thumbprint } });
    expect(tls.rig.standIns.sealed.find(({ details }) => details?.['accountId'] === account.id)).toMatchObject({
      operation: 'service-account.create',
      details: { certificates: thumbprint },
    });
  });

  it('cannot sign assertions: a certificate is not a key', async () => {
    const { clientId } = account;
    const claims = { iss: clientId, sub: clientId, aud: ownIssuer, jti: crypto.randomUUID(), exp: seconds(60) };
    const assertion = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'x' });
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: await assertion.sign(createPrivateKey(client.key)),
    };
    expect((await tls.send(tokenPath, { form, identity: client })).status).toBe(401);
  });

  it('needs only curl', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'anka-curl-'));
    for (const [name, text] of [['app.pem', client.cert] as const, ['app-key.pem', client.key] as const])
      writeFileSync(join(directory, name), text);
    const curl = async (path: string, ...args: readonly string[]): Promise<string> => {
      const proof = ['--cert', 'app.pem', '--key', 'app-key.pem', '--cacert', tls.rig.nats.caFile];
      const url = `https://127.0.0.1:${tls.gateway.port}${path}`;
      return (
        await promisify(execFile)('curl', ['-sS', '--fail-with-body', ...proof, url, ...args], { cwd: directory })
      ).stdout;
    };
    const form = ['-d', 'grant_type=client_credentials', '-d', `client_id=${account.clientId}`];
    const token = tokenIn({ text: await curl(tokenPath, ...form) });
    expect(await curl('/api/v1/keys', '-H', `authorization: Bearer ${token}`)).toContain('"items"');
    rmSync(directory, { recursive: true });
  });
});

/** Certificates that are refused for a new account. */
const bad: Record<string, () => Promise<readonly string[]> | readonly string[]> = {
  'a text that is no certificate': () => ['certificate'],
  'a private key': () => [client.key],
  'two certificates in one text': () => [`${client.cert}${stranger.cert}`],
  'data behind the DER': () => [Buffer.concat([derOf(client), Buffer.from([0])]).toString('base64')],
  'PEM in base64': () => [Buffer.from(client.cert).toString('base64')],
  'a certificate twice': () => [client.cert, derOf(client).toString('base64')],
  'eleven certificates': () => Array.from({ length: 11 }, () => client.cert),
  'a certificate that is too long': () => ['A'.repeat(16 * 1024 + 4)],
  'RSA with 1024 bits': async () => [(await makeIdentity({ key: ['rsa:1024'] })).cert],
  'RSA with the exponent 3': async () => [
    (await makeIdentity({ key: ['rsa:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'] })).cert,
  ],
  'a curve other than NIST’s': async () => [
    (await makeIdentity({ key: ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'] })).cert,
  ],
  Ed448: async () => [(await makeIdentity({ key: ['ed448'] })).cert],
  'an expired certificate': () => [makeMlDsaIdentity(Date.now() - 1000).cert],
  'a subject that is too long': async () => [
    (await makeIdentity({ subject: Array.from({ length: 20 }, () => `/OU=${'x'.repeat(60)}`).join('') })).cert,
  ],
  'no certificate and no key': () => [],
};

describe('a new service account is refused', () => {
  it.each(Object.entries(bad))('with %s', async (_, certificates) => {
    const answer = await tls.create({ certificates: await certificates() });
    expect([answer.status, answer.problem.code]).toEqual([400, 'request-invalid']);
  });
});

interface Attempt {
  readonly clientId?: string;
  readonly identity?: TlsIdentity;
  /** The day of the attempt, in days from now. */
  readonly today?: number;
}

/** Clients that get no token. */
const refused: Record<string, () => Promise<Attempt> | Attempt> = {
  'has no certificate': () => ({}),
  'has a stranger’s certificate': () => ({ identity: stranger }),
  'has another certificate for the same key': async () => ({ identity: await makeIdentity({ key: client.key }) }),
  'has another certificate of the same name and CA': async () => {
    const authority = await makeIdentity({ subject: '/CN=authority' });
    const issued = await makeIdentity({ authority });
    const { clientId } = await tls.newAccount(issued);
    expect((await tls.askToken(clientId, { identity: issued })).status).toBe(200);
    return { clientId, identity: await makeIdentity({ authority }) };
  },
  'has the certificate of another account': async () => {
    await tls.newAccount(stranger);
    return { identity: stranger };
  },
  'has the certificate of another tenant’s account': async () => {
    const identity = await makeIdentity();
    const theirs = await tls.newAccount(identity, await tls.rig.issuer.token(asTenant(tenantB, 'tenant-admin')));
    expect((await tls.askToken(theirs.clientId, { identity })).status).toBe(200);
    return { identity };
  },
  'names the account in another tenant': () => ({ identity: client, clientId: `${tenantB}.${account.id}` }),
  'names an unknown account': () => ({ identity: client, clientId: `${tenantA}.${crypto.randomUUID()}` }),
  'has no valid client id': () => ({ identity: client, clientId: "'; DROP TABLE service_account" }),
  'has a certificate that has expired': () => ({ identity: client, today: 2 }),
  'has a certificate that is not valid yet': () => ({ identity: client, today: -1 }),
  'has keys only': async () => {
    const { keys } = await makeKey();
    const { clientId } = accountIn(await tls.create({ keys }));
    return { identity: client, clientId };
  },
  'was deleted': async () => {
    const doomed = await tls.newAccount(client);
    expect((await tls.remove(doomed)).status).toBe(200);
    return { identity: client, clientId: doomed.clientId };
  },
};

describe('the token endpoint', () => {
  it.each(Object.entries(refused))('refuses a client that %s, like every other', async (_, make) => {
    const { clientId = account.clientId, identity, today } = await make();
    if (today !== undefined) vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + today * dayMs });
    const answer = await tls.askToken(clientId, { identity });
    expect([answer.status, answer.text]).toEqual([
      401,
      '{"error":"invalid_client","error_description":"Client authentication failed: use an unexpired assertion for this endpoint, valid once, with a jti of its own and signed with a key of the account, or one of its certificates"}',
    ]);
  });

  it('ignores headers that describe a certificate', async () => {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'client-cert': `:${derOf(client).toString('base64')}:`,
      'x-client-cert': encodeURIComponent(client.cert),
      'x-ssl-client-cert': encodeURIComponent(client.cert),
      'x-forwarded-client-cert': `Hash=${new X509Certificate(client.cert).fingerprint256.replaceAll(':', '')}`,
    };
    expect((await tls.send(tokenPath, { form: grantFor(account.clientId), headers })).status).toBe(401);
  });

  it('explains the error when the gateway requests no certificates', async () => {
    const unasked = await tls.another(false);
    const form = grantFor(account.clientId);
    const overTls = await tls.send(tokenPath, { form, identity: client }, unasked);
    const overHttp = await call(tls.plain, 'POST', tokenPath, {
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    for (const { status, text } of [overTls, overHttp])
      expect([status, JSON.parse(text)]).toEqual([
        400,
        {
          error: 'invalid_request',
          error_description:
            'This gateway does not accept client certificates: send a client_assertion, or set ankasecure.http.tls.client-certificates',
        },
      ]);
    await unasked.stop();
  });

  it('accepts an assertion on any connection', async () => {
    const { keys, privateKey } = await makeKey();
    const { id, clientId } = accountIn(await tls.create({ keys, certificates: [client.cert] }));
    const claims = { iss: clientId, sub: clientId, aud: ownIssuer, jti: crypto.randomUUID(), exp: seconds(60) };
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_id: clientId,
      client_assertion: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'x' }).sign(privateKey),
    };
    const token = tokenIn(await tls.send(tokenPath, { form, identity: client }));
    expect(decodeJwt(token)).not.toHaveProperty('cnf');
    expect((await tls.read(token)).status).toBe(200);
    await expect
      .poll(() => tls.rig.standIns.sealed.find(({ operation, userId }) => operation === 'token.issue' && userId === id))
      .toMatchObject({ details: { method: 'private-key-jwt' } });
    expect(
      (await tls.send(tokenPath, { form: { ...form, client_id: account.clientId }, identity: client })).status,
    ).toBe(400);
  });
});
