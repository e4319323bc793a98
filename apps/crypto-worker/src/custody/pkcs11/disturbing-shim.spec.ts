import {
  behindShim,
  enterSoftHsmToken,
  forkSource,
  partitionOn,
  type TokenLimits,
  tellProcess,
} from '@ankasecure/testing';
import { type AesGCM, type Handle, PKCS11, type Template } from 'pkcs11js';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRef } from '../custody.conformance.js';
import { cka, keyType, objectClass } from './cryptoki/attribute.js';
import { ckr, ckrOf } from './cryptoki/ckr.js';
import { ckm, noKdf, osLocking, params, rwSession, userLogin } from './cryptoki/mechanism.js';
import { curveOf } from './kind/curve.js';
import type { Order } from './other-process.fixture.js';

const { token, shim, remove } = behindShim(enterSoftHsmToken());
afterAll(remove);

const p11 = new PKCS11();
p11.load(shim.libraryPath);
let slot: Handle;
let session: Handle;

const open = (flags = rwSession): Handle => p11.C_OpenSession(slot, flags);
const login = (): void => p11.C_Login(session, userLogin, token.pin);
const codeOf = (call: () => unknown): number | null => {
  try {
    call();
    return 0;
  } catch (error) {
    return ckrOf(error);
  }
};

beforeEach(() => {
  p11.C_Initialize({ flags: osLocking });
  [slot] = p11.C_GetSlotList(true) as [Handle];
  session = open();
  login();
});
afterEach(() => {
  shim.limit({});
  shim.inject({});
  p11.C_Finalize();
});

const aesKey = (isToken = false): Handle =>
  p11.C_GenerateKey(session, { mechanism: ckm.AES_KEY_GEN }, [
    { type: cka.CLASS, value: objectClass.secret },
    { type: cka.KEY_TYPE, value: keyType.aes },
    { type: cka.TOKEN, value: isToken },
    { type: cka.PRIVATE, value: true },
    { type: cka.LABEL, value: 'shim' },
    { type: cka.VALUE_LEN, value: 32 },
    { type: cka.ENCRYPT, value: true },
    { type: cka.DECRYPT, value: true },
  ]);

/** A key that wraps and unwraps, or the template of one of a session. */
const wrapping = (...more: Template): Template => {
  const [yes, no] = [{ value: true }, { value: false }];
  return [
    { type: cka.CLASS, value: objectClass.secret },
    { type: cka.KEY_TYPE, value: keyType.aes },
    ...[cka.EXTRACTABLE, cka.WRAP, cka.UNWRAP].map((type) => ({ type, ...yes })),
    ...[cka.TOKEN].map((type) => ({ type, ...no })),
    ...more,
  ];
};
const wrapper = (): Handle =>
  p11.C_GenerateKey(session, { mechanism: ckm.AES_KEY_GEN }, wrapping({ type: cka.VALUE_LEN, value: 32 }));
const agreeAlone = (): unknown => {
  const { oid } = curveOf(256);
  const pair = p11.C_GenerateKeyPair(
    session,
    { mechanism: ckm.EC_KEY_PAIR_GEN },
    [{ type: cka.EC_PARAMS, value: oid }],
    [{ type: cka.DERIVE, value: true }],
  );
  // The point is an octet string in DER.
  const point = p11.C_GetAttributeValue(session, pair.publicKey, [{ type: cka.EC_POINT }])[0]?.value as Buffer;
  const parameter = { type: params.ecdh, kdf: noKdf, publicData: point.subarray(2) };
  const template = wrapping({ type: cka.VALUE_LEN, value: 32 });
  return p11.C_DeriveKey(session, { mechanism: ckm.ECDH1_DERIVE, parameter }, pair.privateKey, template);
};
const dataObject = () =>
  p11.C_CreateObject(session, [
    { type: cka.CLASS, value: objectClass.data },
    { type: cka.LABEL, value: 'shim' },
    { type: cka.VALUE, value: Buffer.of(1) },
  ]);
const macOf = (bytes: number): unknown => {
  const key = p11.C_GenerateKey(session, { mechanism: ckm.GENERIC_SECRET_KEY_GEN }, [
    { type: cka.SIGN, value: true },
    { type: cka.VALUE_LEN, value: 32 },
  ]);
  p11.C_SignInit(session, { mechanism: ckm.SHA256_HMAC }, key);
  return p11.C_Sign(session, Buffer.alloc(bytes), Buffer.alloc(64));
};
const found = (id: Uint8Array): number => {
  p11.C_FindObjectsInit(session, [{ type: cka.ID, value: Buffer.from(id) }]);
  const handles = p11.C_FindObjects(session, 2);
  p11.C_FindObjectsFinal(session);
  return handles.length;
};

const gcm = (iv: Buffer, mechanism: number = ckm.AES_GCM) => {
  const parameter: AesGCM = { type: params.gcm, iv, ivBits: iv.length * 8, tagBits: 128 };
  return { mechanism, parameter };
};
const seal = (key: Handle, iv: Buffer, data: Buffer, mechanism?: number): Buffer => {
  p11.C_EncryptInit(session, gcm(iv, mechanism), key);
  return Buffer.from(p11.C_Encrypt(session, data, Buffer.alloc(data.length + 64)));
};
const openSealed = (key: Handle, iv: Buffer, sealed: Buffer, mechanism?: number): string => {
  p11.C_DecryptInit(session, gcm(iv, mechanism), key);
  return p11.C_Decrypt(session, sealed, Buffer.alloc(sealed.length)).toString();
};

describe('a fault of one function', () => {
  const random = () => codeOf(() => p11.C_GenerateRandom(session, Buffer.alloc(4)));

  it('comes at the Nth call, so many times', () => {
    shim.inject({ C_GenerateRandom: '0x30@3*2' });
    expect(Array.from({ length: 6 }, random)).toEqual([0, 0, 0x30, 0x30, 0, 0]);
  });

  it('is latency in microseconds', () => {
    shim.inject({ C_GenerateRandom: 'us:30000' });
    const since = performance.now();
    expect(random()).toBe(0);
    expect(performance.now() - since).toBeGreaterThanOrEqual(30);
  });

  it('is counted, and so is every other call', () => {
    const before = shim.calls('C_GenerateRandom');
    random();
    expect(shim.calls('C_GenerateRandom')).toBe(before + 1);
    expect(shim.allCalls()['C_GenerateRandom']).toBe(before + 1);
  });
});

describe('an event', () => {
  it('restart: sessions, handles and the login are gone', () => {
    const key = aesKey(true);
    shim.happen('restart');
    expect(codeOf(() => p11.C_GetSessionInfo(session))).toBe(ckr.SESSION_HANDLE_INVALID);
    session = open();
    expect(codeOf(() => p11.C_EncryptInit(session, gcm(Buffer.alloc(12, 1)), key))).not.toBe(0);
    login();
    expect(p11.C_GetSessionInfo(session).state).toBe(3);
  });

  it('lose-sessions: the session that logged in stays, and the login with it', () => {
    const other = open();
    shim.happen('lose-sessions');
    expect(codeOf(() => p11.C_GetSessionInfo(other))).toBe(ckr.SESSION_HANDLE_INVALID);
    expect(p11.C_GetSessionInfo(session).state).toBe(3);
  });

  it('log-out: the login is gone, sessions stay', () => {
    shim.happen('log-out');
    expect(p11.C_GetSessionInfo(session).state).toBe(2);
  });

  it('renew-handles: private objects have other handles', () => {
    const key = aesKey(true);
    shim.happen('renew-handles');
    expect(p11.C_GetSessionInfo(session).state).toBe(3);
    expect(codeOf(() => p11.C_EncryptInit(session, gcm(Buffer.alloc(12, 1)), key))).not.toBe(0);
  });
});

describe('a limit', () => {
  const refusals: readonly (readonly [string, TokenLimits, () => unknown, number])[] = [
    ['sessions', { sessions: 1 }, () => open(), 0xb1],
    ['objects', { objects: 1 }, () => [aesKey(), aesKey()], ckr.DEVICE_MEMORY],
    ['RW sessions only', { rwOnly: true }, () => open(4), 0xb5],
    ['one login', { loginOnce: true }, login, 0x104],
    ['templates of the vendor', { ownTemplates: true }, () => aesKey(), 0xd1],
    ['data objects', { noData: true }, dataObject, 0x13],
    ['bytes to sign', { signMax: 99 }, () => macOf(100), 0x21],
    ['ECDH without a key derivation function', { noPlainEcdh: true }, agreeAlone, ckr.MECHANISM_PARAM_INVALID],
    ['a mechanism that is hidden', { hidden: [ckm.AES_KEY_GEN] }, () => aesKey(), ckr.MECHANISM_INVALID],
    ['an attribute that is unknown', { unknown: [cka.VALUE_LEN] }, () => aesKey(), ckr.ATTRIBUTE_TYPE_INVALID],
    ['a function that is missing', { missing: ['C_GenerateKey'] }, () => aesKey(), 0x54],
    ['a PIN with the name of a user', { userPin: true }, login, 0xa0],
    ['removed', { removed: true }, () => p11.C_GetSessionInfo(session), ckr.DEVICE_REMOVED],
    ['no token in the slot', { removed: true }, () => open(), ckr.TOKEN_NOT_PRESENT],
  ];
  it.each(refusals)('%s', (_, limits, call, code) => {
    shim.limit(limits);
    expect(codeOf(call)).toBe(code);
  });

  it.each(refusals)('%s: not without the limit', (_, limits, call) => {
    // Some calls make an object of the token or a session, or log in again, which the token itself refuses.
    if (limits.removed || limits.loginOnce || limits.userPin || limits.ownTemplates) return;
    expect(codeOf(call)).toBe(0);
  });

  it('a PIN with the name of a user: the token’s own follows the colon', () => {
    p11.C_Logout(session);
    shim.limit({ userPin: true });
    p11.C_Login(session, userLogin, `cu1:${token.pin}`);
    expect(p11.C_GetSessionInfo(session).state).toBe(3);
  });

  it('tells another manufacturer and model, and the token’s own without', () => {
    const own = p11.C_GetTokenInfo(slot);
    shim.limit({ manufacturer: 'Maker, Inc.', model: 'One 2' });
    const told = p11.C_GetTokenInfo(slot);
    expect([told.manufacturerID.trimEnd(), told.model.trimEnd()]).toEqual(['Maker, Inc.', 'One 2']);
    shim.limit({});
    expect(p11.C_GetTokenInfo(slot)).toEqual(own);
  });

  it('hidden mechanisms are not listed', () => {
    const all = p11.C_GetMechanismList(slot);
    shim.limit({ hidden: [ckm.AES_GCM, ckm.EDDSA] });
    expect(p11.C_GetMechanismList(slot)).toEqual(
      all.filter((each) => ![ckm.AES_GCM, ckm.EDDSA].includes(each as never)),
    );
    expect(codeOf(() => p11.C_GetMechanismInfo(slot, ckm.AES_GCM))).toBe(ckr.MECHANISM_INVALID);
  });

  it('the length of a key that RFC 3394 unwraps: it must be in the template', () => {
    const key = wrapper();
    const blob = Buffer.from(p11.C_WrapKey(session, { mechanism: ckm.AES_KEY_WRAP }, key, wrapper(), Buffer.alloc(64)));
    const unwrap = (...more: Template) =>
      codeOf(() => p11.C_UnwrapKey(session, { mechanism: ckm.AES_KEY_WRAP }, key, blob, wrapping(...more)));
    expect(unwrap()).toBe(0);
    shim.limit({ wrapNeedsLength: true });
    expect([unwrap(), unwrap({ type: cka.VALUE_LEN, value: 32 })]).toEqual([0xd0, 0]);
  });

  it('objects of another process: found if they were made before C_Initialize, and otherwise not', async () => {
    const there = forkSource(new URL('./other-process.fixture.ts', import.meta.url));
    const tell = (order: Order) => tellProcess(there, order);
    const { owner, objectId } = newRef('EC-P256', 'sign');
    expect(await tell({ open: { ...partitionOn(token), libraryPath: shim.libraryPath } })).toBe('open');
    expect(await tell({ generate: { owner, id: Buffer.from(objectId).toString('hex') } })).toBe('done');
    expect(found(objectId)).toBe(1);
    shim.limit({ ownObjects: true });
    expect(found(objectId)).toBe(0);
    p11.C_Finalize();
    p11.C_Initialize({ flags: osLocking });
    session = open();
    login();
    expect(found(objectId)).toBe(1);
    there.kill();
  });

  it('removed: no slot has a token, and its sessions do not come back with it', () => {
    shim.limit({ removed: true });
    expect(p11.C_GetSlotList(true)).toHaveLength(0);
    shim.limit({});
    expect(p11.C_GetSlotList(true)).toContainEqual(slot);
    expect(codeOf(() => p11.C_GetSessionInfo(session))).toBe(ckr.SESSION_HANDLE_INVALID);
  });

  it('objects: a destroyed one makes room', () => {
    shim.limit({ objects: 1 });
    for (let round = 0; round < 3; round++) p11.C_DestroyObject(session, aesKey());
  });

  it('IV written back: into a parameter of zeros, and into no other', () => {
    const key = aesKey();
    shim.limit({ gcmIv: 'written-back' });
    const ivs = [Buffer.alloc(12), Buffer.alloc(12)] as const;
    const sealed = ivs.map((iv) => seal(key, iv, Buffer.from('x')));
    expect(ivs[0]).not.toEqual(ivs[1]);
    expect(ivs.map((iv, index) => openSealed(key, iv, sealed[index] ?? Buffer.of()))).toEqual(['x', 'x']);
    expect(codeOf(() => seal(key, Buffer.alloc(12, 1), Buffer.from('x')))).toBe(ckr.MECHANISM_PARAM_INVALID);
  });

  it('IV appended: sixteen bytes after the tag', () => {
    const key = aesKey();
    shim.limit({ gcmIv: 'appended' });
    const sealed = seal(key, Buffer.alloc(12), Buffer.from('x'));
    expect(sealed).toHaveLength(1 + 16 + 16);
    expect(openSealed(key, sealed.subarray(17), sealed.subarray(0, 17))).toBe('x');
  });

  it('bytes of AES-GCM', () => {
    const key = aesKey();
    shim.limit({ gcmMax: 100 });
    expect(codeOf(() => seal(key, Buffer.alloc(12, 1), Buffer.alloc(101)))).toBe(0x21);
  });

  it('numbers of mechanisms: the vendor’s is listed and works, the standard’s does not', () => {
    const vendor = 0x80001087;
    const key = aesKey();
    shim.limit({ mechanisms: [[vendor, ckm.AES_GCM]] });
    const listed = p11.C_GetMechanismList(slot);
    expect([listed.includes(vendor), listed.includes(ckm.AES_GCM)]).toEqual([true, false]);
    expect(p11.C_GetMechanismInfo(slot, vendor).flags).toBeGreaterThan(0);
    const iv = Buffer.alloc(12, 1);
    expect(openSealed(key, iv, seal(key, iv, Buffer.from('x'), vendor), vendor)).toBe('x');
    expect(codeOf(() => seal(key, iv, Buffer.from('x')))).toBe(0x70);
  });

  it('keys a second', () => {
    shim.limit({ creationMicros: 50_000 });
    const since = performance.now();
    for (let key = 0; key < 4; key++) aesKey();
    expect(performance.now() - since).toBeGreaterThanOrEqual(150);
  });
});
