import { inTime, newPlatformRef } from '../custody.conformance.js';
import type { Custody, GeneratedKey, KeyRef, Wrapping } from '../custody.js';

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/** A KEK and a `blob-mac` key of a tenant that has no other keys. */
export const wrappingBy = async (custody: Custody, kekGeneration = 1): Promise<Wrapping> => {
  const tenantId = '11111111-1111-4111-8111-111111111111';
  const [kek, blobMac] = [newPlatformRef('kek', tenantId, kekGeneration), newPlatformRef('blob-mac', tenantId)];
  await custody.generatePlatformKey(inTime(), kek);
  await custody.generatePlatformKey(inTime(), blobMac);
  return {
    kek: kek.objectId,
    blobMac: blobMac.objectId,
    kekGeneration,
    tenantId,
    keyId: '22222222-2222-4222-8222-222222222222',
    version: 1,
  };
};

/** `custody` with the database's part: blobs are kept by the key's id, and destroying a key deletes its blob. */
export const keepingBlobs = (custody: Custody, wrapping: Wrapping): Custody => {
  const kept = new Map<string, KeyRef>();
  const stored = (ref: KeyRef): KeyRef => kept.get(hex(ref.objectId)) ?? ref;
  const keep = (ref: KeyRef, { wrapped, sealed }: GeneratedKey): void => {
    if (wrapped === null) throw new Error('nothing was wrapped');
    kept.set(hex(ref.objectId), { ...ref, wrapped: { ...wrapped, wrapping }, sealed });
  };
  const own: Partial<Custody> = {
    generate: async (budget, key) => {
      const made = await custody.generate(budget, { ...key, wrapping });
      keep(key.ref, made);
      return made;
    },
    importKey: async (budget, key, material) => {
      const under = material.method === 'aes-kwp' ? { wrappingKey: stored(material.wrappingKey) } : {};
      const made = await custody.importKey(budget, { ...key, wrapping }, { ...material, ...under });
      keep(key.ref, made);
      return made;
    },
    destroy: async (budget, owner, objectId) => {
      custody.forgetUnwrapped([objectId]);
      const destroyed = await custody.destroy(budget, owner, objectId);
      return destroyed + (kept.delete(hex(objectId)) ? 1 : 0);
    },
    sign: (budget, ref, ...rest) => custody.sign(budget, stored(ref), ...rest),
    decryptOaep: (budget, ref, ...rest) => custody.decryptOaep(budget, stored(ref), ...rest),
    agree: (budget, ref, ...rest) => custody.agree(budget, stored(ref), ...rest),
    decapsulateCek: (budget, ref, ...rest) => custody.decapsulateCek(budget, stored(ref), ...rest),
    decapsulate: (budget, ref, ciphertext) => custody.decapsulate(budget, stored(ref), ciphertext),
    wrapCek: (budget, ref, ...rest) => custody.wrapCek(budget, stored(ref), ...rest),
    unwrapCek: (budget, ref, ...rest) => custody.unwrapCek(budget, stored(ref), ...rest),
    sealGcm: (budget, ref, ...rest) => custody.sealGcm(budget, stored(ref), ...rest),
    openGcm: (budget, ref, ...rest) => custody.openGcm(budget, stored(ref), ...rest),
  };
  return new Proxy(custody, {
    get(target, name) {
      const mine = own[name as keyof Custody];
      if (mine !== undefined) return mine;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
};
