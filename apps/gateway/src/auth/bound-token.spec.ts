import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import type { TlsIdentity } from '@ankasecure/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { call } from '../testing/call.js';
import { boundTo, makeClients, startTlsRig, type TlsRequest, type TlsRig, tokenIn } from '../testing/tls-rig.js';
import { seconds } from '../testing/token.js';

const day = 24 * 3600;

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

describe('a token that is bound to a certificate', () => {
  let token: string;
  beforeAll(async () => {
    token = tokenIn(await tls.askToken(account.clientId, { identity: client }));
    expect((await tls.read(token, { identity: client })).status).toBe(200);
  });

  const refusal = async () => {
    const { correlationId: _, ...problem } = JSON.parse((await tls.read('rubbish')).text) as Record<string, unknown>;
    return problem;
  };

  it.each<[string, () => TlsIdentity | undefined]>([
    ['without a certificate', () => undefined],
    ['with another certificate', () => stranger],
  ])('is refused from a thief %s', async (_, identity) => {
    const answer = await tls.read(token, { identity: identity() });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="ankasecure", error="invalid_token"',
    ]);
    expect(JSON.parse(answer.text)).toMatchObject(await refusal());
    expect((await tls.read(token, { identity: client })).status).toBe(200);
  });

  it('is refused by a gateway that does not request certificates', async () => {
    expect((await call(tls.plain, 'GET', '/api/v1/keys', { token })).status).toBe(401);
  });

  it('is accepted from its client on a lasting connection, and from no other client', async () => {
    const agents = [client, stranger].map(
      (identity) => new Agent({ ...identity, keepAlive: true, maxSockets: 1, ca: tls.ca }),
    ) as [Agent, Agent];
    const [mine, theirs] = agents;
    const { clientId } = await tls.newAccount(stranger);
    const other = tokenIn(await tls.askToken(clientId, { agent: theirs }));
    const rounds: (readonly number[])[] = [];
    const sockets = new Set<unknown>();
    for (let round = 0; round < 3; round++) {
      const answers = [
        await tls.read(token, { agent: mine }),
        await tls.read(token, { agent: theirs }),
        await tls.read(other, { agent: theirs }),
        await tls.read(other, { agent: mine }),
      ];
      rounds.push(answers.map(({ status }) => status));
      for (const { socket } of answers) sockets.add(socket);
    }
    expect(rounds).toEqual(Array.from({ length: 3 }, () => [200, 401, 200, 401]));
    expect(sockets.size).toBe(2);
    for (const agent of agents) agent.destroy();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is accepted on a resumed session of %s whose handshake had the certificate',
    async (version) => {
      const versions = { minVersion: version, maxVersion: version };
      const resume = async (from: TlsRequest, identity?: TlsIdentity) => {
        const { session, status } = await tls.read(token, { ...from, ...versions });
        expect(session).toBeDefined();
        const again = await tls.read(token, { ...versions, identity, ...(session && { session }) });
        expect([again.socket.isSessionReused(), again.socket.getProtocol()]).toEqual([true, version]);
        return [status, again.status];
      };
      expect(await resume({ identity: client })).toEqual([200, 200]);
      expect(await resume({ identity: stranger })).toEqual([401, 401]);
      expect(await resume({ identity: stranger }, client)).toEqual([401, 401]);
      expect(await resume({}, client)).toEqual([401, 401]);
    },
  );

  it('is accepted only from the holder of the certificate’s key, because nobody else can connect with the certificate', async () => {
    const jwkOf = ({ key }: TlsIdentity) => createPrivateKey(key).export({ format: 'jwk' });
    // Names the certificate, but does not have its key.
    const forged = createPrivateKey({ format: 'jwk', key: { ...jwkOf(client), d: String(jwkOf(stranger).d) } });
    expect(createPublicKey(forged).equals(new X509Certificate(client.cert).publicKey)).toBe(true);
    const identity = { cert: client.cert, key: String(forged.export({ type: 'pkcs8', format: 'pem' })) };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
      await expect(tls.read(token, { identity, maxVersion })).rejects.toThrow(/alert decrypt error/);
  });

  it('ends with its account, on every gateway', async () => {
    const doomed = await tls.newAccount(client);
    const other = await tls.another(true);
    const last = tokenIn(await tls.askToken(doomed.clientId, { identity: client }));
    const statuses = async () => [
      (await tls.read(last, { identity: client })).status,
      (await tls.read(last, { identity: client }, other)).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    expect((await tls.remove(doomed)).status).toBe(200);
    expect(await statuses()).toEqual([401, 401]);
    await other.stop();
  });
});

describe('a token of another issuer', () => {
  const tokenFor = (cnf: unknown) => tls.rig.issuer.token({ cnf, exp: seconds(3 * day) });

  it('that is bound to a certificate is accepted only with it', async () => {
    const token = await tokenFor(boundTo(client));
    for (let time = 0; time < 2; time++) {
      expect((await tls.read(token, { identity: client })).status).toBe(200);
      expect((await tls.read(token, { identity: stranger })).status).toBe(401);
      expect((await tls.read(token)).status).toBe(401);
    }
  });

  it('is accepted no longer than the certificate is valid', async () => {
    const [bound, bearer] = [await tokenFor(boundTo(client)), await tokenFor(undefined)];
    const statuses = async () => [
      (await tls.read(bound, { identity: client })).status,
      (await tls.read(bearer, { identity: client })).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * day * 1000 });
    expect(await statuses()).toEqual([401, 200]);
  });

  it.each<[string, () => unknown]>([
    ['a key', () => ({ jkt: boundTo(client)['x5t#S256'] })],
    ['a certificate and a key', () => ({ ...boundTo(client), jkt: 'x' })],
    ['nothing', () => ({})],
    ['null', () => null],
    ['a text', () => boundTo(client)['x5t#S256']],
    ['a list', () => [boundTo(client)]],
    ['half a thumbprint', () => ({ 'x5t#S256': boundTo(client)['x5t#S256'].slice(20) })],
    ['a thumbprint of SHA-1', () => ({ x5t: boundTo(client)['x5t#S256'] })],
  ])('that is bound to %s is refused', async (_, cnf) => {
    expect((await tls.read(await tokenFor(cnf()), { identity: client })).status).toBe(401);
  });
});
