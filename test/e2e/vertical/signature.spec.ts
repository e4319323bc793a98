import { createHash } from 'node:crypto';
import { type AlgorithmName, hashBytes, type JwsAlg, joseAlgs, signatureSchemes } from '@ankasecure/algorithm';
import { type Key, type SignResult, signResult, type VerifyResult, verifyResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

const algorithms: readonly AlgorithmName[] = [
  ...(['RSA-2048', 'RSA-3072', 'EC-P256', 'EC-P384', 'EC-P521', 'Ed25519'] as const),
  ...(['HMAC-SHA256', 'HMAC-SHA384', 'HMAC-SHA512'] as const),
];
const purposeOf = (algorithm: AlgorithmName) => (algorithm.startsWith('HMAC') ? 'mac' : 'sign');
const cases = algorithms.flatMap((algorithm) =>
  joseAlgs(algorithm, purposeOf(algorithm)).map((alg) => ({ algorithm, alg: alg as JwsAlg })),
);
const message = 'Invoice 47, 日本';
const payload = Buffer.from(message).toString('base64url');

/** Changes the first character of the last segment, so that the decoded bytes change and the encoding stays canonical. */
const tampered = (text: string): string => {
  const at = text.lastIndexOf('.') + 1;
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
};

describe('signatures through the REST API', () => {
  let tenant: Tenant;
  const keys = new Map<AlgorithmName, Key>();
  const idOf = (algorithm: AlgorithmName): string => keys.get(algorithm)?.id ?? '';
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
    for (const algorithm of algorithms)
      keys.set(
        algorithm,
        await tenant.createKey({
          algorithm,
          purpose: purposeOf(algorithm),
          ...(purposeOf(algorithm) === 'sign' && { alg: 'any' }),
        }),
      );
  });
  const sign = async (body: object): Promise<SignResult> => signResult.parse(await tenant.admin.post('/sign', body));
  const verify = async (body: object): Promise<VerifyResult> =>
    verifyResult.parse(await tenant.admin.post('/verify', body));

  describe.each(cases)('$alg with $algorithm', ({ algorithm, alg }) => {
    it('signs and verifies a JWS', async () => {
      const { jws = '', ...used } = await sign({ keyId: idOf(algorithm), payload, alg });
      expect(used).toMatchObject({ keyId: idOf(algorithm), version: 1, algorithm, alg, custody: 'token' });
      expect(jws.split('.')[1]).toBe(payload);
      expect(await verify({ jws })).toMatchObject({ valid: true, keyId: idOf(algorithm), alg });
      expect(await verify({ jws: tampered(jws) })).toMatchObject({ valid: false });
      const [header = '', , signature = ''] = jws.split('.');
      expect(await verify({ jws: `${header}.AAAA.${signature}` })).toMatchObject({ valid: false });
    });

    it('signs and verifies a detached JWS', async () => {
      const { jws = '' } = await sign({
        keyId: idOf(algorithm),
        payload: message,
        encoding: 'utf8',
        format: 'jws-detached',
        alg,
      });
      expect(jws.split('.')[1]).toBe('');
      expect((await verify({ jws, payload })).valid).toBe(true);
      expect((await verify({ jws, payload: 'AAAA' })).valid).toBe(false);
      expect((await verify({ jws })).valid).toBe(false);
    });

    it('signs and verifies bytes', async () => {
      const { signature = '' } = await sign({ keyId: idOf(algorithm), payload, format: 'raw', alg });
      const claim = { keyId: idOf(algorithm), signature, payload, alg };
      expect((await verify(claim)).valid).toBe(true);
      expect((await verify({ ...claim, signature: tampered(signature) })).valid).toBe(false);
      expect((await verify({ ...claim, signature: signature.slice(0, 8) })).valid).toBe(false);
    });

    const { hash, scheme } = signatureSchemes[alg];
    if (hash !== null && scheme !== 'hmac')
      it('signs a digest, and the signature verifies for the message', async () => {
        const digest = createHash(hash).update(message).digest('base64url');
        const { signature = '' } = await sign({ keyId: idOf(algorithm), digest, format: 'raw', alg });
        expect((await verify({ keyId: idOf(algorithm), signature, payload, alg })).valid).toBe(true);
        expect((await verify({ keyId: idOf(algorithm), signature, digest, alg })).valid).toBe(true);
        const short = Buffer.alloc(hashBytes[hash] - 1).toString('base64url');
        const body = { keyId: idOf(algorithm), digest: short, format: 'raw', alg };
        expectProblem(await tenant.admin.send('POST', '/sign', { body }), 'request-invalid');
      });
    else
      it('refuses a digest', async () => {
        const body = { keyId: idOf(algorithm), digest: Buffer.alloc(32).toString('base64url'), format: 'raw', alg };
        const reply = await tenant.admin.send('POST', '/sign', { body });
        expect([400, 422], reply.text).toContain(reply.status);
      });
  });

  it('records an invalid signature as a failure in the trail', async () => {
    const { jws = '' } = await sign({ keyId: idOf('EC-P256'), payload });
    const reply = await tenant.admin.send('POST', '/verify', { body: { jws: tampered(jws) } });
    expect(reply.body).toMatchObject({ valid: false });
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({ operation: 'verify', outcome: 'failure', failureCode: 'signature-invalid' });
  });

  it('refuses an RSA signature made with another of the key’s algorithms', async () => {
    const { signature } = await sign({ keyId: idOf('RSA-2048'), payload, format: 'raw', alg: 'RS256' });
    const claim = { keyId: idOf('RSA-2048'), signature, payload };
    expect((await verify({ ...claim, alg: 'PS256' })).valid).toBe(false);
    expect((await verify({ ...claim, alg: 'RS512' })).valid).toBe(false);
  });
});
