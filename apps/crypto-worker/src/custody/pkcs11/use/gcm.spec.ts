import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { AesGCM, Mechanism, PKCS11, Template } from 'pkcs11js';
import { describe, expect, it } from 'vitest';
import { cka } from '../cryptoki/attribute.js';
import { controlMemory, shared } from '../job/control.js';
import type { KeyShape } from '../job/key-shape.js';
import { selfTest } from '../operation/self-test.js';
import { unwrapForUse } from '../operation/wrap-key.js';
import { chooseProfile } from '../profile/profile.js';
import { packObject } from '../session/locator.js';
import { TokenSession } from '../session/token-session.js';
import { UnwrappedKeys } from '../session/unwrapped-key.js';
import { openGcmWith, sealGcm, sealGcmWith } from './gcm.js';

const handle = Buffer.from([1]);
const secret = randomBytes(32);

/** A token whose GCM chooses its own IV and appends it after the tag, as a Luna does. No token that can run here does so. */
class AppendingToken {
  private iv: Buffer = Buffer.alloc(0);
  private aad: Buffer = Buffer.alloc(0);

  constructor(private readonly ivBytes: number) {}

  C_OpenSession = (): Buffer => handle;
  C_CloseSession = (): void => undefined;
  C_GenerateKey = (): Buffer => handle;
  C_DestroyObject = (): void => undefined;
  C_FindObjectsInit = (): void => undefined;
  C_FindObjectsFinal = (): void => undefined;
  C_FindObjects = (): Buffer[] => [handle];
  C_GetAttributeValue = (_session: Buffer, _object: Buffer, template: Template): Template =>
    template.map(({ type }) => ({ type, value: type === cka.VALUE ? secret : Buffer.alloc(8) }));

  private begin(mechanism: Mechanism): void {
    const { iv, aad } = mechanism.parameter as AesGCM;
    this.iv = iv ?? Buffer.alloc(0);
    this.aad = aad ?? Buffer.alloc(0);
  }

  C_EncryptInit = (_session: Buffer, mechanism: Mechanism): void => this.begin(mechanism);
  C_DecryptInit = (_session: Buffer, mechanism: Mechanism): void => this.begin(mechanism);

  C_Encrypt = (_session: Buffer, plaintext: Buffer): Buffer => {
    const iv = randomBytes(this.ivBytes);
    const cipher = createCipheriv('aes-256-gcm', secret, iv).setAAD(this.aad);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag(), iv]);
  };

  C_Decrypt = (_session: Buffer, sealed: Buffer): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', secret, this.iv).setAAD(this.aad);
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  };
}

const session = (ivBytes: number): TokenSession => {
  const p11 = new AppendingToken(ivBytes) as unknown as PKCS11;
  const settings = { libraryPath: '', slot: handle, profile: chooseProfile('luna', []), handleCacheSize: 8 };
  return new TokenSession(
    p11,
    controlMemory(shared.size),
    settings,
    new UnwrappedKeys(p11, 0, unwrapForUse),
    () => undefined,
  );
};

const shape: KeyShape = { kind: 'aes', bits: 256, purpose: 'encrypt', alg: 'dir' };
const locator = (): Buffer => {
  const name = { label: 'l', formerLabel: 'l', bound: 'b' };
  return packObject(randomBytes(16), { name, shape, madeHere: false });
};

const selfTestOfDir = (ivBytes: number): unknown => {
  const spec = { shape, algs: [{ alg: 'dir', variant: 0, hash: null }] };
  const [result] = selfTest(session(ivBytes), 0, [Buffer.from(JSON.stringify(spec))]);
  return JSON.parse(String(result));
};

describe('a token that appends its own IV', () => {
  it('seals for dir with an IV of 12 bytes', () => {
    expect(selfTestOfDir(12)).toEqual({ dir: null });
    expect(sealGcm(session(12), 0, [locator(), randomBytes(3), randomBytes(9)])[0]).toHaveLength(12);
  });

  it('fails for dir with an IV of 16 bytes, which no JWE has', () => {
    expect(selfTestOfDir(16)).toEqual({
      dir: { cause: 'wrong', reason: 'the token’s IV has 16 bytes, that of a JWE 12' },
    });
    expect(() => sealGcm(session(16), 0, [locator(), randomBytes(3), randomBytes(9)])).toThrow(/not possible in a JWE/);
  });

  it('serves the canary with either IV', () => {
    const token = session(16);
    const [iv, ciphertext, tag] = sealGcmWith(token, handle, Buffer.alloc(0), Buffer.from('song'));
    const aad = Buffer.alloc(0);
    expect(openGcmWith(token, handle, { iv, ciphertext, tag, aad }).toString()).toBe('song');
  });
});
