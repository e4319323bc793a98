import { randomBytes } from 'node:crypto';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import pkcs11js, { type Handle, type PKCS11, type Template } from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime } from '../../custody.conformance.js';
import { cka, keyType, objectClass } from '../cryptoki/attribute.js';
import { ckm, rwSession } from '../cryptoki/mechanism.js';
import { openPkcs11Custody, type Pkcs11Custody } from '../pkcs11-custody.js';

const token = enterToken();
let custody: Pkcs11Custody;
let p11: PKCS11;
let session: Handle;

beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
  p11 = new pkcs11js.PKCS11();
  p11.load(token.libraryPath);
  const slot = p11.C_GetSlotList(true).find((candidate) => p11.C_GetTokenInfo(candidate).serialNumber === token.serial);
  if (!slot) throw new Error('no slot');
  session = p11.C_OpenSession(slot, rwSession);
});
afterAll(async () => {
  p11.C_CloseSession(session);
  await custody.close();
  token.remove();
});

/** The template of a genuine record key, which a test changes in one place. */
const template = (label: string, changes: Template = []): Template => {
  const genuine: Template = [
    { type: cka.CLASS, value: objectClass.secret },
    { type: cka.KEY_TYPE, value: keyType.generic },
    { type: cka.TOKEN, value: true },
    { type: cka.PRIVATE, value: true },
    { type: cka.SENSITIVE, value: true },
    { type: cka.EXTRACTABLE, value: false },
    { type: cka.MODIFIABLE, value: false },
    { type: cka.ID, value: randomBytes(16) },
    { type: cka.LABEL, value: label },
    { type: cka.SIGN, value: true },
    ...[cka.ENCRYPT, cka.DECRYPT, cka.VERIFY, cka.WRAP, cka.UNWRAP, cka.DERIVE].map((type) => ({ type, value: false })),
    { type: cka.VALUE_LEN, value: 32 },
  ];
  return [...genuine.filter(({ type }) => !changes.some((change) => change.type === type)), ...changes];
};
const generate = (label: string, changes: Template = []): Handle =>
  p11.C_GenerateKey(session, { mechanism: ckm.GENERIC_SECRET_KEY_GEN }, template(label, changes));
const faultsOf = async (label: string): Promise<(readonly string[])[]> =>
  (await custody.findByLabel(inTime(), 'record-mac', label)).map(({ faults }) => faults);

describe('a key that is found by its label', () => {
  it('is the one that was made, without a fault', async () => {
    const objectId = randomBytes(16);
    const ref = { kind: 'record-mac', label: 'ankasecure:record-mac:a', objectId } as const;
    await custody.generatePlatformKey(inTime(), ref);
    const found = await custody.findByLabel(inTime(), 'record-mac', ref.label);
    expect(found.map((key) => ({ ...key, objectId: Buffer.from(key.objectId) }))).toEqual([{ objectId, faults: [] }]);
    expect(await custody.platformMac(inTime(), ref, Buffer.from('x'))).toHaveLength(32);
  });

  it('is not one with another label, or only a part of the label', async () => {
    expect(await faultsOf('ankasecure:record-mac:')).toEqual([]);
    expect(await faultsOf('ankasecure:record-mac:ab')).toEqual([]);
  });

  it.each<[string, Template, readonly string[]]>([
    ['can be extracted', [{ type: cka.EXTRACTABLE, value: true }], ['EXTRACTABLE', 'NEVER_EXTRACTABLE']],
    ['can be read', [{ type: cka.SENSITIVE, value: false }], ['SENSITIVE', 'ALWAYS_SENSITIVE']],
    ['can be changed', [{ type: cka.MODIFIABLE, value: true }], ['MODIFIABLE']],
    ['may also encrypt', [{ type: cka.ENCRYPT, value: true }], ['ENCRYPT']],
    ['may also unwrap', [{ type: cka.UNWRAP, value: true }], ['UNWRAP']],
    ['may derive keys', [{ type: cka.DERIVE, value: true }], ['DERIVE']],
    ['is shorter', [{ type: cka.VALUE_LEN, value: 16 }], ['VALUE_LEN']],
    ['is public', [{ type: cka.PRIVATE, value: false }], ['PRIVATE']],
  ])('has a fault if it %s', async (what, changes, faults) => {
    generate(`test:${what}`, changes);
    expect((await faultsOf(`test:${what}`)).map((found) => found.toSorted())).toEqual([faults.toSorted()]);
  });

  it('has faults if its value came from outside, whatever else it says', async () => {
    const value = { type: cka.VALUE, value: randomBytes(32) };
    p11.C_CreateObject(session, [...template('test:known').filter(({ type }) => type !== cka.VALUE_LEN), value]);
    const [faults] = await faultsOf('test:known');
    expect(faults).toEqual(['LOCAL', 'ALWAYS_SENSITIVE', 'NEVER_EXTRACTABLE']);
  });

  it('is not the only one if there are two', async () => {
    generate('test:two');
    generate('test:two');
    expect(await faultsOf('test:two')).toEqual([[], []]);
  });
});
