import { createDecipheriv, randomBytes } from 'node:crypto';
import {
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  type JweAlg,
  joseAlgs,
  type Purpose,
} from '@ankasecure/algorithm';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import pkcs11js, { type Handle, type PKCS11 } from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime, naming, newPlatformRef, newRef, publicKeyOf, wrapKwp, wrapRsaKwp } from '../../custody.conformance.js';
import { nameOfObject, type ObjectOwner, ownerOfKey, ownerOfPlatformKey } from '../../object-owner.js';
import { notOffered } from '../../testing/token-limit.js';
import { cka, keyType, objectClass } from '../cryptoki/attribute.js';
import { ckr, ckrOf } from '../cryptoki/ckr.js';
import { ckm, rwSession } from '../cryptoki/mechanism.js';
import { type KeyShape, platformShapes } from '../job/key-shape.js';
import { shapeOf } from '../job/shape-of.js';
import { openPkcs11Custody, type Pkcs11Custody } from '../pkcs11-custody.js';
import { profiles } from '../profile/profile.js';
import { keyTemplate, mechanismsOf } from './template.js';

const quick = { tuning: { longSelfTests: false } };
const token = enterToken();
const profile = profiles.find((row) => row.name === token.name) ?? expect.unreachable();
let custody: Pkcs11Custody;
let p11: PKCS11;
let session: Handle;
/** The token's number for AES key wrap with padding. */
let kwpNumber: number;

beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), quick);
  p11 = new pkcs11js.PKCS11();
  p11.load(token.libraryPath);
  const slot = p11.C_GetSlotList(true).find((candidate) => p11.C_GetTokenInfo(candidate).serialNumber === token.serial);
  if (!slot) throw new Error('no slot');
  session = p11.C_OpenSession(slot, rwSession);
  const listed = p11.C_GetMechanismList(slot);
  kwpNumber = profile.kekWrap.find((mechanism) => listed.includes(mechanism)) ?? expect.unreachable();
});
afterAll(async () => {
  p11.C_CloseSession(session);
  await custody.close();
  token.remove();
});

const find = (template: pkcs11js.Template): Handle[] => {
  p11.C_FindObjectsInit(session, template);
  const found = p11.C_FindObjects(session, 100);
  p11.C_FindObjectsFinal(session);
  return found;
};
const only = (id: Buffer): Handle => {
  const [handle, ...more] = find([{ type: cka.ID, value: id }]);
  if (!handle || more.length > 0) throw new Error(`${more.length + (handle ? 1 : 0)} objects`);
  return handle;
};
const read = (handle: Handle, type: number): Buffer => {
  const value = p11.C_GetAttributeValue(session, handle, [{ type }])[0]?.value;
  if (!value) throw new Error(`no attribute ${type.toString(16)}`);
  return value;
};
const codeOfCall = (call: () => unknown): number | null => {
  try {
    call();
    return null;
  } catch (error) {
    return ckrOf(error);
  }
};
const makeKek = async (): Promise<{ readonly id: Buffer; readonly handle: Handle }> => {
  const ref = newPlatformRef('kek');
  await custody.generatePlatformKey(inTime(), ref);
  const id = Buffer.from(ref.objectId);
  return { id, handle: only(id) };
};
type PlainValue = number | boolean | string | Buffer;
const encoded = (value: PlainValue): Buffer => {
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0]);
  if (typeof value === 'string') return Buffer.from(value);
  if (Buffer.isBuffer(value)) return value;
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(BigInt(value));
  return number;
};

interface Subject {
  readonly name: string;
  readonly shape: KeyShape;
  readonly id: Uint8Array;
  readonly owner: ObjectOwner;
  readonly make: () => Promise<unknown>;
}

/** SLH-DSA keys differ by their parameter set alone. One of them stands for all. */
const isSlow = (name: AlgorithmName): boolean =>
  ['RSA-3072', 'RSA-4096'].includes(name) || (name.startsWith('SLH-DSA') && name !== 'SLH-DSA-SHA2-128f');
const isOffered = (name: AlgorithmName): boolean =>
  !Object.values(algorithmOf(name).purposes)
    .flat()
    .some((alg) => notOffered[token.name].includes(alg));
const quickAlgorithms = algorithmNames.filter((name) => !isSlow(name) && isOffered(name));
const callers: Subject[] = quickAlgorithms.flatMap((algorithm) =>
  (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).flatMap((purpose) =>
    (purpose === 'encrypt' ? (joseAlgs(algorithm, purpose) as readonly JweAlg[]) : [null]).map((alg) => {
      const ref = newRef(algorithm, purpose, alg);
      return {
        name: `${algorithm} ${purpose} ${alg ?? ''}`,
        shape: shapeOf(algorithm, purpose, alg),
        id: ref.objectId,
        owner: ownerOfKey(ref.owner),
        make: () => custody.generate(inTime(), { ref }),
      };
    }),
  ),
);
const platform: Subject[] = (
  ['kek', 'audit-mac', 'blob-mac', 'token-signing', 'import', 'checkpoint-ed25519', 'checkpoint-p256'] as const
).map((kind) => {
  const ref = newPlatformRef(kind);
  return {
    name: kind,
    shape: platformShapes[kind],
    id: ref.objectId,
    owner: ownerOfPlatformKey(ref),
    make: () => custody.generatePlatformKey(inTime(60_000), ref),
  };
});

/** CKR_KEY_UNEXTRACTABLE; of private keys kryoptic says CKR_KEY_FUNCTION_NOT_PERMITTED, of post-quantum ones CKR_FUNCTION_NOT_SUPPORTED */
const notWrapped = [0x6a, 0x68, 0x54];

/** CKR_TEMPLATE_INCONSISTENT */
const templateInconsistent = 0xd1;

const rightAttributes = [cka.ENCRYPT, cka.DECRYPT, cka.SIGN, cka.VERIFY, cka.WRAP, cka.UNWRAP, cka.DERIVE];

describe.each([...callers, ...platform])('object of $name', ({ shape, id: objectId, owner, make }) => {
  const id = Buffer.from(objectId);
  const { label } = nameOfObject(owner, naming);
  let handle: Handle;
  beforeAll(async () => {
    await make();
    handle = only(id);
  });

  it('has the attributes of its template, read back', () => {
    const own = { ...profile, kekWrap: [kwpNumber] };
    for (const { type, value } of keyTemplate(shape, { id, label, as: 'token' }, own)) {
      // Pointers are not read back. A test below tries the effect of CKA_UNWRAP_TEMPLATE.
      if (type === cka.UNWRAP_TEMPLATE) continue;
      expect([type.toString(16), read(handle, type)]).toEqual([type.toString(16), encoded(value as PlainValue)]);
    }
    const fixed = {
      [cka.TOKEN]: 1,
      [cka.PRIVATE]: 1,
      [cka.SENSITIVE]: 1,
      [cka.EXTRACTABLE]: 0,
      [cka.MODIFIABLE]: 0,
      [cka.COPYABLE]: 0,
    };
    for (const [type, value] of Object.entries(fixed))
      expect([type, read(handle, Number(type))[0]]).toEqual([type, value]);
    expect(read(handle, cka.ALLOWED_MECHANISMS).length / 8).toBe(mechanismsOf(shape, own).length);
  });

  it('cannot be read, wrapped, changed or copied', async () => {
    const secret = read(handle, cka.CLASS)[0] === objectClass.secret;
    if (secret) expect(codeOfCall(() => read(handle, cka.VALUE))).toBe(0x11);
    if (shape.kind === 'rsa') expect(codeOfCall(() => read(handle, 0x123))).toBe(0x11);
    if (shape.set !== undefined || shape.kind === 'ec' || shape.kind === 'ed')
      expect(codeOfCall(() => read(handle, cka.VALUE))).toBe(0x11);
    const { id: kekId } = await makeKek();
    const wrap = () => p11.C_WrapKey(session, { mechanism: kwpNumber }, only(kekId), handle, Buffer.alloc(4096));
    expect(notWrapped).toContain(codeOfCall(wrap));
    for (const right of [...rightAttributes, cka.EXTRACTABLE])
      expect(codeOfCall(() => p11.C_SetAttributeValue(session, handle, [{ type: right, value: true }]))).not.toBeNull();
    expect(codeOfCall(() => p11.C_CopyObject(session, handle, [{ type: cka.DECRYPT, value: true }]))).not.toBeNull();
  });
});

describe('the token as a whole', () => {
  it('keeps no public halves', () => {
    expect(find([{ type: cka.CLASS, value: objectClass.public }])).toEqual([]);
  });

  it('has one canary with a fixed label', () => {
    const canaries = find([{ type: cka.LABEL, value: 'ankasecure:canary:default' }]);
    expect(canaries).toHaveLength(1);
  });

  it('is used by no key outside its allowed mechanisms', async () => {
    const ref = newRef('RSA-2048', 'encrypt', 'RSA-OAEP-256');
    const id = Buffer.from(ref.objectId);
    await custody.generate(inTime(), { ref });
    expect(
      codeOfCall(() => {
        p11.C_DecryptInit(session, { mechanism: ckm.RSA_PKCS }, only(id));
      }),
    ).not.toBeNull();
    expect(
      codeOfCall(() => {
        p11.C_SignInit(session, { mechanism: ckm.RSA_PKCS }, only(id));
      }),
    ).not.toBeNull();
  });
});

describe('an imported key for wrap', () => {
  it('unwraps to unreadable keys only, and does nothing else', async () => {
    const [importKey, ref, value] = [newPlatformRef('import'), newRef('AES-256', 'wrap'), randomBytes(32)];
    const made = await custody.generatePlatformKey(inTime(60_000), importKey);
    const wrappedKey = wrapRsaKwp(custody, publicKeyOf(made.spki), value);
    await custody.importKey(inTime(), { ref }, { method: 'rsa-aes-kwp', importKey, wrappedKey });
    const wrapper = only(Buffer.from(ref.objectId));
    const granted = rightAttributes.filter((right) => read(wrapper, right)[0] === 1);
    expect(granted).toEqual([cka.UNWRAP]);
    const kept = [cka.SENSITIVE, cka.EXTRACTABLE, cka.MODIFIABLE, cka.COPYABLE].map((type) => read(wrapper, type)[0]);
    expect(kept).toEqual([1, 0, 0, 0]);
    const blob = wrapKwp(value, randomBytes(32));
    const unwrap = (sensitive: boolean): Handle =>
      p11.C_UnwrapKey(session, { mechanism: kwpNumber }, wrapper, blob, generic(sensitive));
    expect(codeOfCall(() => unwrap(false))).toBe(templateInconsistent);
    p11.C_DestroyObject(session, unwrap(true));
  });
});

const generic = (sensitive: boolean) => [
  { type: cka.CLASS, value: objectClass.secret },
  { type: cka.KEY_TYPE, value: keyType.generic },
  { type: cka.TOKEN, value: false },
  { type: cka.SENSITIVE, value: sensitive },
  { type: cka.EXTRACTABLE, value: true },
];

describe('a KEK', () => {
  it('unwraps to unreadable keys only', async () => {
    const { handle: kek } = await makeKek();
    const victim = p11.C_GenerateKey(session, { mechanism: ckm.AES_KEY_GEN }, [
      ...generic(true).filter(({ type }) => type !== cka.KEY_TYPE),
      { type: cka.VALUE_LEN, value: 32 },
    ]);
    const mechanism = { mechanism: kwpNumber };
    const blob = Buffer.from(p11.C_WrapKey(session, mechanism, kek, victim, Buffer.alloc(128)));
    const unwrapped = (sensitive: boolean): Handle =>
      p11.C_UnwrapKey(session, mechanism, kek, blob, generic(sensitive));
    expect(codeOfCall(() => unwrapped(false))).toBe(templateInconsistent);
    const opaque = unwrapped(true);
    expect(codeOfCall(() => read(opaque, cka.VALUE))).toBe(0x11);
    for (const handle of [victim, opaque]) p11.C_DestroyObject(session, handle);
  });
});

describe('a compromised worker', () => {
  /** A key that was wrapped by a KEK, and its value. */
  const wrappedKey = async () => {
    const { handle: kek } = await makeKek();
    const value = randomBytes(32);
    const victim = p11.C_CreateObject(session, [...generic(true), { type: cka.VALUE, value }]);
    const blob = Buffer.from(p11.C_WrapKey(session, kwp(), kek, victim, Buffer.alloc(128)));
    p11.C_DestroyObject(session, victim);
    return { kek, value, blob };
  };
  const kwp = (): pkcs11js.Mechanism => ({ mechanism: kwpNumber });
  /** A key that the attacker knows. */
  const knownKey = (value: Buffer): Handle =>
    p11.C_CreateObject(session, [
      { type: cka.CLASS, value: objectClass.secret },
      { type: cka.KEY_TYPE, value: keyType.aes },
      { type: cka.TOKEN, value: false },
      { type: cka.WRAP, value: true },
      { type: cka.VALUE, value },
    ]);

  // The threat model says so. If this attack fails one day, say so there.
  it('lets whoever commands the session take a wrapped key away, and no other', async () => {
    const { kek, value, blob } = await wrappedKey();
    const known = randomBytes(32);
    const thief = knownKey(known);
    const taken = p11.C_UnwrapKey(session, kwp(), kek, blob, generic(true));
    const carried = Buffer.from(p11.C_WrapKey(session, kwp(), thief, taken, Buffer.alloc(128)));
    const decipher = createDecipheriv('id-aes256-wrap-pad', known, Buffer.from('a65959a6', 'hex'));
    expect(Buffer.concat([decipher.update(carried), decipher.final()])).toEqual(value);
    const ref = newRef('HMAC-SHA256', 'mac');
    await custody.generate(inTime(), { ref });
    for (const kept of [only(Buffer.from(ref.objectId)), kek])
      expect(codeOfCall(() => p11.C_WrapKey(session, kwp(), thief, kept, Buffer.alloc(128)))).toBe(0x6a);
    for (const handle of [thief, taken]) p11.C_DestroyObject(session, handle);
  });
});

describe('Clulow’s attack (wrap a key, then decrypt the blob with the same KEK)', () => {
  it('finds no mechanism that decrypts with a KEK', async () => {
    const { handle: kek } = await makeKek();
    const victim = p11.C_GenerateKey(session, { mechanism: ckm.AES_KEY_GEN }, [
      { type: cka.CLASS, value: objectClass.secret },
      { type: cka.TOKEN, value: false },
      { type: cka.SENSITIVE, value: true },
      { type: cka.EXTRACTABLE, value: true },
      { type: cka.VALUE_LEN, value: 32 },
    ]);
    const blob = p11.C_WrapKey(session, { mechanism: kwpNumber }, kek, victim, Buffer.alloc(128));
    expect(blob).toHaveLength(40);
    for (const mechanism of [ckm.AES_ECB, 0x1082, 0x1085, 0x1086, ckm.AES_GCM, ckm.AES_KEY_WRAP, kwpNumber])
      for (const iv of [undefined, Buffer.alloc(16)]) {
        if (mechanism === ckm.AES_GCM) continue;
        const init = () => {
          p11.C_DecryptInit(session, { mechanism, ...(iv ? { parameter: iv } : {}) }, kek);
        };
        expect([ckr.MECHANISM_PARAM_INVALID, 0x68, 0x70, ckr.ARGUMENTS_BAD]).toContain(codeOfCall(init));
      }
    expect(
      codeOfCall(() => {
        p11.C_SetAttributeValue(session, kek, [{ type: cka.DECRYPT, value: true }]);
      }),
    ).not.toBeNull();
    p11.C_DestroyObject(session, victim);
  });
});
