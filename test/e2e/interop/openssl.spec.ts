import { createCipheriv, randomBytes } from 'node:crypto';
import { type AlgorithmName, type JwsAlg, joseAlgs, signatureSchemes } from '@ankasecure/algorithm';
import type { DecryptResult, Key, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { openssl } from '../harness/openssl.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

const algorithms = [
  'RSA-2048',
  'RSA-3072',
  'EC-P256',
  'EC-P384',
  'EC-P521',
  'Ed25519',
] as const satisfies AlgorithmName[];
const message = Buffer.from('Invoice 47');

/** Encodes r‖s in DER (RFC 3279 §2.2.3), as openssl expects. */
const ecdsaDer = (signature: Buffer): Buffer => {
  const integer = (bytes: Buffer): Buffer => {
    const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
    const body = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
    return Buffer.concat([Buffer.of(2, body.length), body]);
  };
  const half = signature.length / 2;
  const body = Buffer.concat([integer(signature.subarray(0, half)), integer(signature.subarray(half))]);
  return Buffer.concat([Buffer.of(0x30, ...(body.length < 0x80 ? [] : [0x81]), body.length), body]);
};

const pss = ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest'];
const verifyArguments = (alg: JwsAlg): readonly string[] => {
  const { scheme, hash } = signatureSchemes[alg];
  const common = [
    'pkeyutl',
    '-verify',
    '-pubin',
    '-inkey',
    'key.pem',
    '-sigfile',
    'signature',
    '-in',
    'message',
    '-rawin',
  ];
  return [...common, ...(hash === null ? [] : ['-digest', hash]), ...(scheme === 'rsa-pss' ? pss : [])];
};

describe('with our PEM', () => {
  let tenant: Tenant;
  const keys = new Map<AlgorithmName, Key>();
  beforeAll(async () => {
    tenant = await newTenant(await sharedRig());
    for (const algorithm of algorithms)
      keys.set(algorithm, await tenant.createKey({ algorithm, purpose: 'sign', alg: 'any' }));
  });
  const cases = algorithms.flatMap((algorithm) =>
    joseAlgs(algorithm, 'sign').map((alg) => [alg as JwsAlg, algorithm] as const),
  );

  it.each(cases)('openssl verifies our %s of %s', async (alg, algorithm) => {
    const key = keys.get(algorithm);
    const payload = message.toString('base64url');
    const { signature = '' } = await tenant.admin.post<SignResult>('/sign', {
      keyId: key?.id,
      payload,
      format: 'raw',
      alg,
    });
    const raw = Buffer.from(signature, 'base64url');
    const file = signatureSchemes[alg].scheme === 'ecdsa' ? ecdsaDer(raw) : raw;
    const files = { 'key.pem': key?.publicKey?.pem ?? '', signature: file, message };
    expect(await openssl(verifyArguments(alg), files, (said) => said)).toContain('Signature Verified Successfully');
    const other = { ...files, message: 'Invoice 48' };
    await expect(openssl(verifyArguments(alg), other, (said) => said)).rejects.toThrow();
  });

  it.each(['RSA-2048', 'RSA-3072'] as const)('openssl encrypts to %s', async (algorithm) => {
    const key = await tenant.createKey({ algorithm, purpose: 'encrypt' });
    const cek = randomBytes(32);
    const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'].flatMap((option) => [
      '-pkeyopt',
      option,
    ]);
    const encryptedKey = await openssl(
      ['pkeyutl', '-encrypt', '-pubin', '-inkey', 'key.pem', '-in', 'cek', '-out', 'encrypted', ...oaep],
      { 'key.pem': key.publicKey?.pem ?? '', cek },
      (_, file) => file('encrypted'),
    );
    const header = Buffer.from(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: `${key.id}.1` })).toString(
      'base64url',
    );
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(Buffer.from(header));
    const ciphertext = Buffer.concat([cipher.update(message), cipher.final()]);
    const segments = [encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url'));
    const jwe = [header, ...segments].join('.');
    const opened = await tenant.admin.post<DecryptResult>('/decrypt', { jwe, encoding: 'utf8' });
    expect(opened.plaintext).toBe(message.toString());
  });
});
