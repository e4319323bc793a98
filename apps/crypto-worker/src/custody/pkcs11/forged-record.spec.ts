import { randomBytes, randomUUID } from 'node:crypto';
import { enterToken, listeningLogger, partitionOn, testToken } from '@ankasecure/testing';
import pkcs11js, { type Handle, type PKCS11, type Template } from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codeOf,
  destroyed,
  inTime,
  naming,
  newOwner,
  newPlatformRef,
  newRef,
  publicKeyOf,
  wrapRsaKwp,
} from '../custody.conformance.js';
import type { Custody, KeyRef, PlatformKeyKind, PlatformRef, Wrapping } from '../custody.js';
import { nameOfObject, ownerOfKey, ownerOfPlatformKey } from '../object-owner.js';
import { cka, keyType, objectClass } from './cryptoki/attribute.js';
import { ckm, rwSession } from './cryptoki/mechanism.js';
import { platformShapes } from './job/key-shape.js';
import { shapeOf } from './job/shape-of.js';
import { keyTemplate } from './kind/template.js';
import { chooseProfile } from './profile/profile.js';
import { openBothCustodies } from './wrapped-custody.js';

/** Profiles that SoftHSM can play: with ALLOWED_MECHANISMS and UNWRAP_TEMPLATE, and without either. kryoptic plays itself. */
const profiles = testToken() === 'softhsm' ? (['softhsm', 'nshield', 'generic'] as const) : (['kryoptic'] as const);

const hmac = { scheme: 'hmac', hash: 'sha256' } as const;
const pointingAt = (ref: KeyRef, { objectId }: { readonly objectId: Uint8Array }): KeyRef => ({ ...ref, objectId });

describe.each(profiles)('on a token of profile %s, a record that points at another object', (profile) => {
  const token = enterToken();
  const log = listeningLogger();
  const refusals: string[] = [];
  let custody: Custody;
  let wrappedCustody: Custody;
  let p11: PKCS11;
  /** Opens a session: a library that was initialised again has forgotten the one before. */
  let session: () => Handle;

  beforeAll(async () => {
    Object.assign(process.env, token.env);
    const { sessionTimeoutSeconds: _, ...partition } = partitionOn(token);
    const config = { ...partition, profile, sessionPoolSize: 1, sessionTimeoutSeconds: 60 };
    const observer = {
      call: () => undefined,
      refused: (kind: string, reason: string) => void refusals.push(`${kind} ${reason}`),
    };
    ({ token: custody, wrapped: wrappedCustody } = await openBothCustodies(config, log, {
      tuning: { longSelfTests: false },
      observer,
    }));
    p11 = new pkcs11js.PKCS11();
    p11.load(token.libraryPath);
    const slot = p11.C_GetSlotList(true).find((each) => p11.C_GetTokenInfo(each).serialNumber === token.serial);
    if (slot === undefined) throw new Error('no slot');
    session = () => p11.C_OpenSession(slot, rwSession);
  });
  afterAll(async () => {
    await custody.close();
    token.remove();
  });

  const make = async (ref: KeyRef): Promise<KeyRef> => {
    await custody.generate(inTime(), { ref });
    return ref;
  };
  const makePlatformKey = async (
    kind: PlatformKeyKind,
    tenantId?: string,
    generation?: number,
  ): Promise<PlatformRef> => {
    const ref = newPlatformRef(kind, tenantId, generation);
    await custody.generatePlatformKey(inTime(60_000), ref);
    return ref;
  };
  /** Runs a use that must be refused, and checks the alarm. */
  const expectRefused = async (use: Promise<unknown>): Promise<void> => {
    // Self-tests that a profile's mechanisms fail warn now and then.
    const alarms = () => log.lines.filter(({ level }) => level === 'error');
    const [before, told] = [refusals.length, alarms().length];
    expect(await codeOf(use)).toBe('record-forged');
    expect(refusals.slice(before)).toEqual(['object forged']);
    expect(alarms().slice(told)).toMatchObject([{ fields: { alarm: 'object-refused' } }]);
  };

  it('does not sign, not even if the object was used before under its own name', async () => {
    const theirs = await make(newRef('EC-P256', 'sign'));
    const mine = await make(newRef('EC-P256', 'sign'));
    const digest = randomBytes(32);
    const sign = (ref: KeyRef) => custody.sign(inTime(), ref, { scheme: 'ecdsa' }, digest);
    await sign(theirs);
    await expectRefused(sign(pointingAt(mine, theirs)));
    // The other version of one key, too.
    const second = { ...mine, owner: { ...mine.owner, version: 2 } };
    await expectRefused(sign(second));
    expect(await sign(mine)).toHaveLength(64);
    expect(await sign(theirs)).toHaveLength(64);
  });

  it('gets no MAC from the audit key, the blob key or another tenant’s key', async () => {
    const owner = newOwner();
    const mine = await make(newRef('HMAC-SHA256', 'mac', null, owner));
    for (const kind of ['audit-mac', 'blob-mac'] as const) {
      const platformKey = await makePlatformKey(kind, owner.tenantId);
      await custody.platformMac(inTime(), { ...platformKey, kind }, Buffer.from('x'));
      await expectRefused(custody.sign(inTime(), pointingAt(mine, platformKey), hmac, Buffer.from('day key')));
    }
    const theirs = await make(newRef('HMAC-SHA256', 'mac'));
    await expectRefused(custody.sign(inTime(), pointingAt(mine, theirs), hmac, Buffer.from('x')));
  });

  it('signs nothing with the key of access tokens', async () => {
    const owner = newOwner();
    const signer = await makePlatformKey('token-signing', owner.tenantId);
    expect(await custody.platformSign(inTime(), signer, randomBytes(32))).toHaveLength(64);
    const mine = newRef('EC-P256', 'sign', null, owner);
    await expectRefused(custody.sign(inTime(), pointingAt(mine, signer), { scheme: 'ecdsa' }, randomBytes(32)));
  });

  it('signs nothing with a key of checkpoints', async () => {
    const owner = newOwner();
    const signer = await makePlatformKey('checkpoint-p256', owner.tenantId);
    expect(await custody.platformSign(inTime(), signer, randomBytes(32))).toHaveLength(64);
    const mine = newRef('EC-P256', 'sign', null, owner);
    await expectRefused(custody.sign(inTime(), pointingAt(mine, signer), { scheme: 'ecdsa' }, randomBytes(32)));
    await expectRefused(custody.platformSign(inTime(), { ...signer, kind: 'token-signing' }, randomBytes(32)));
  });

  it('decrypts nothing that is another’s', async () => {
    const theirs = await make(newRef('AES-256', 'encrypt', 'dir'));
    const sealed = await custody.sealGcm(inTime(), theirs, Buffer.of(), Buffer.from('secret'));
    const mine = pointingAt(newRef('AES-256', 'encrypt', 'dir'), theirs);
    await expectRefused(custody.openGcm(inTime(), mine, sealed, Buffer.of()));
    const cekKey = await make(newRef('AES-256', 'encrypt', 'A256KW'));
    const wrapped = await custody.wrapCek(inTime(), cekKey, randomBytes(32));
    await expectRefused(
      custody.unwrapCek(inTime(), pointingAt(newRef('AES-256', 'encrypt', 'A256KW'), cekKey), wrapped),
    );
    const rsa = await make(newRef('RSA-2048', 'encrypt', 'RSA-OAEP-256'));
    await expectRefused(
      custody.decryptOaep(inTime(), pointingAt(newRef('RSA-2048', 'encrypt', 'RSA-OAEP-256'), rsa), randomBytes(256)),
    );
  });

  it('does not give a key another purpose', async () => {
    const mine = await make(newRef('AES-256', 'encrypt', 'dir'));
    await expectRefused(custody.wrapCek(inTime(), { ...mine, alg: 'A256KW' }, randomBytes(32)));
  });

  it('imports nothing under a KEK, or under another tenant’s import key', async () => {
    const owner = newOwner();
    const kek = await makePlatformKey('kek', owner.tenantId);
    const wrappingKey = pointingAt(newRef('AES-256', 'wrap', null, owner), kek);
    const material = { method: 'aes-kwp', wrappingKey, wrappedKey: randomBytes(40) } as const;
    await expectRefused(custody.importKey(inTime(), { ref: newRef('HMAC-SHA256', 'mac', null, owner) }, material));
    const theirs = newPlatformRef('import');
    const { spki } = await custody.generatePlatformKey(inTime(60_000), theirs);
    const importKey = { ...theirs, tenantId: owner.tenantId };
    const wrappedKey = wrapRsaKwp(custody, publicKeyOf(spki), randomBytes(32));
    const ref = newRef('HMAC-SHA256', 'mac', null, owner);
    await expectRefused(custody.importKey(inTime(), { ref }, { method: 'rsa-aes-kwp', importKey, wrappedKey }));
  });

  describe('to wrap keys under', () => {
    const tenantId = randomUUID();
    let kek: PlatformRef;
    let blobMac: PlatformRef;
    beforeAll(async () => {
      kek = await makePlatformKey('kek', tenantId);
      blobMac = await makePlatformKey('blob-mac', tenantId);
    });
    const wrapping = (change: Partial<Wrapping> = {}): Wrapping => ({
      kek: kek.objectId,
      kekGeneration: 1,
      blobMac: blobMac.objectId,
      tenantId,
      keyId: randomUUID(),
      version: 1,
      ...change,
    });
    const wrapUnder = async (change: Partial<Wrapping>) => {
      const under = wrapping(change);
      return wrappedCustody.generate(inTime(), { ref: newRef('HMAC-SHA256', 'mac'), wrapping: under });
    };

    it('takes the tenant’s KEK, and no key that an attacker has imported', async () => {
      expect((await wrapUnder({})).wrapped?.blob).toHaveLength(40);
      // What the import of a key for wrap leaves in the token: a caller's key whose value the caller knows.
      const ref = newRef('AES-256', 'wrap');
      const { label } = nameOfObject(ownerOfKey(ref.owner), naming);
      const place = { id: Buffer.from(ref.objectId), label, as: 'token' } as const;
      const template = keyTemplate(shapeOf('AES-256', 'wrap', null), place, chooseProfile('generic', []));
      p11.C_CreateObject(session(), [
        ...(template.filter(({ type }) => type !== cka.VALUE_LEN) as Template),
        { type: cka.VALUE, value: randomBytes(32) },
      ]);
      await expectRefused(wrapUnder({ kek: ref.objectId }));
      const own = wrapping();
      const value = await wrappedCustody.generate(inTime(), { ref: newRef('HMAC-SHA256', 'mac'), wrapping: own });
      if (value.wrapped === null) throw new Error('nothing was wrapped');
      const victim: KeyRef = { ...newRef('HMAC-SHA256', 'mac'), wrapped: { ...value.wrapped, wrapping: own } };
      const under = { ...own, kek: ref.objectId, kekGeneration: 2 };
      await expectRefused(wrappedCustody.rewrap(inTime(), victim, under));
    });

    it('takes no KEK of another tenant or generation, and no other MAC key', async () => {
      const [theirs, second] = [await makePlatformKey('kek'), await makePlatformKey('kek', tenantId, 2)];
      await expectRefused(wrapUnder({ kek: theirs.objectId }));
      await expectRefused(wrapUnder({ kek: second.objectId }));
      const auditMac = await makePlatformKey('audit-mac', tenantId);
      await expectRefused(wrapUnder({ blobMac: auditMac.objectId }));
    });
  });

  it('destroys nothing', async () => {
    const theirs = await make(newRef('EC-P256', 'sign'));
    const mine = newRef('EC-P256', 'sign');
    await expectRefused(destroyed(custody, pointingAt(mine, theirs)));
    const kek = await makePlatformKey('kek', mine.owner.tenantId);
    await expectRefused(destroyed(custody, pointingAt(mine, kek)));
    const asKek = ownerOfPlatformKey({ kind: 'kek', tenantId: mine.owner.tenantId, generation: 2 });
    await expectRefused(custody.destroy(inTime(), asKek, kek.objectId));
    expect(await custody.sign(inTime(), theirs, { scheme: 'ecdsa' }, randomBytes(32))).toHaveLength(64);
  });

  describe('made by somebody who knows the PIN', () => {
    const kekTemplate = (ref: PlatformRef, change: Readonly<Record<number, boolean>> = {}): Template => {
      const { label } = nameOfObject(ownerOfPlatformKey(ref), naming);
      const place = { id: Buffer.from(ref.objectId), label, as: 'token' } as const;
      const { name } = chooseProfile('generic', []);
      return keyTemplate(platformShapes.kek, place, chooseProfile(name, [])).map(({ type, value }) => ({
        type,
        value: change[type] ?? (value as boolean | number | string | Buffer),
      }));
    };
    const generated = (ref: PlatformRef, change: Readonly<Record<number, boolean>> = {}): void => {
      p11.C_GenerateKey(session(), { mechanism: ckm.AES_KEY_GEN }, kekTemplate(ref, change));
    };
    const wrapUnder = async (kek: PlatformRef) => {
      const blobMac = await makePlatformKey('blob-mac', kek.tenantId);
      const wrapping = { kek: kek.objectId, kekGeneration: 1, blobMac: blobMac.objectId };
      const owner = newOwner();
      return wrappedCustody.generate(inTime(), {
        ref: newRef('HMAC-SHA256', 'mac'),
        wrapping: { ...owner, ...wrapping, tenantId: kek.tenantId },
      });
    };

    it.each([
      ['decrypts too', { [cka.DECRYPT]: true }],
      ['can be read', { [cka.SENSITIVE]: false }],
      ['can be taken out', { [cka.EXTRACTABLE]: true }],
      ['can be changed', { [cka.MODIFIABLE]: true }],
      ['does not unwrap', { [cka.UNWRAP]: false }],
    ])('a KEK with the right name that %s is refused', async (_, change) => {
      const kek = newPlatformRef('kek');
      generated(kek, change);
      await expectRefused(custody.checkPlatformKey(inTime(), kek));
      await expectRefused(wrapUnder(kek));
    });

    it('a KEK with the right name whose value is known is refused', async () => {
      const kek = newPlatformRef('kek');
      const known = kekTemplate(kek).filter(({ type }) => type !== cka.VALUE_LEN);
      p11.C_CreateObject(session(), [...known, { type: cka.VALUE, value: randomBytes(32) }]);
      await expectRefused(custody.checkPlatformKey(inTime(), kek));
      await expectRefused(wrapUnder(kek));
    });

    it('a genuine KEK is not refused, and is not another generation’s', async () => {
      const kek = await makePlatformKey('kek');
      await custody.checkPlatformKey(inTime(), kek);
      await expectRefused(custody.checkPlatformKey(inTime(), { ...kek, generation: 2 }));
      const nobody = { ...kek, objectId: randomBytes(16) };
      expect(await codeOf(custody.checkPlatformKey(inTime(), nobody))).toBe('key-not-found');
    });

    it('two objects with one id are both refused', async () => {
      const ref = await make(newRef('HMAC-SHA256', 'mac'));
      p11.C_GenerateKey(session(), { mechanism: ckm.GENERIC_SECRET_KEY_GEN }, [
        { type: cka.CLASS, value: objectClass.secret },
        { type: cka.KEY_TYPE, value: keyType.generic },
        { type: cka.TOKEN, value: true },
        { type: cka.ID, value: Buffer.from(ref.objectId) },
        { type: cka.VALUE_LEN, value: 32 },
      ]);
      await expectRefused(custody.sign(inTime(), ref, hmac, Buffer.from('x')));
    });
  });

  it('finds the objects of an earlier release by their own names only', async () => {
    const ref = { ...newRef('HMAC-SHA256', 'mac'), objectId: randomBytes(16) };
    const { formerLabel } = nameOfObject(ownerOfKey(ref.owner), naming);
    const place = { id: Buffer.from(ref.objectId), label: formerLabel, as: 'token' } as const;
    const own = chooseProfile(testToken(), []);
    const template = keyTemplate(shapeOf('HMAC-SHA256', 'mac', null), place, own) as Template;
    p11.C_GenerateKey(session(), { mechanism: ckm.GENERIC_SECRET_KEY_GEN }, template);
    expect(await custody.sign(inTime(), ref, hmac, Buffer.from('x'))).toHaveLength(32);
    await expectRefused(custody.sign(inTime(), { ...ref, owner: newOwner() }, hmac, Buffer.from('x')));
    // Nothing is made any more under such an id.
    const again = { ...newRef('HMAC-SHA256', 'mac'), objectId: randomBytes(16) };
    expect(await codeOf(custody.generate(inTime(), { ref: again }))).toBe('internal-error');
  });

  it('lists the objects of a platform key by its name, of both releases', async () => {
    const ref = await makePlatformKey('audit-mac');
    const { formerLabel } = nameOfObject(ownerOfPlatformKey(ref), naming);
    const former = { id: randomBytes(16), label: formerLabel, as: 'token' } as const;
    const own = chooseProfile(testToken(), []);
    p11.C_GenerateKey(
      session(),
      { mechanism: ckm.GENERIC_SECRET_KEY_GEN },
      keyTemplate(platformShapes['audit-mac'], former, own) as Template,
    );
    const found = await custody.platformObjects(inTime(), 'audit-mac', ref.tenantId);
    const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');
    expect(found.map(hex).toSorted()).toEqual([ref.objectId, former.id].map(hex).toSorted());
    expect(await custody.platformObjects(inTime(), 'audit-mac', randomUUID())).toEqual([]);
  });
});
