import type { Handle } from 'pkcs11js';
import { cka } from '../cryptoki/attribute.js';
import { ckr, ckrOf } from '../cryptoki/ckr.js';
import type { KeyShape } from '../job/key-shape.js';
import { objectClassOf } from '../kind/kinds.js';
import { keyTemplate } from '../kind/template.js';
import { unpackObject } from '../session/locator.js';
import type { TokenSession } from '../session/token-session.js';
import { assertAll } from './find-named.js';

/** The part of an `inspect` job, as JSON. */
export interface InspectSpec {
  readonly shape: KeyShape;
  readonly label: string;
}

/** The most objects that one label may find. More than one is a fault already. */
const most = 8;

/** Attributes that only the token sets. A key that was imported, or could ever be read, lacks one of them. */
const bornInside = [cka.LOCAL, cka.ALWAYS_SENSITIVE, cka.NEVER_EXTRACTABLE];

/** Attributes that no token reports as they were set. */
const notCompared: readonly number[] = [cka.ID, cka.LABEL, cka.ALLOWED_MECHANISMS, cka.UNWRAP_TEMPLATE, cka.COPYABLE];

const attributeNames = new Map<number, string>(Object.entries(cka).map(([name, type]) => [type, name]));

const numberIn = (value: Buffer): number => value.readUIntLE(0, Math.min(value.length, 6));

/** Empty if the token does not know or does not tell the attribute, which counts as a fault. */
const read = (session: TokenSession, handle: Handle, type: number): Buffer => {
  try {
    return session.attribute(handle, type);
  } catch (error) {
    const code = ckrOf(error);
    if (code !== ckr.ATTRIBUTE_TYPE_INVALID && code !== ckr.ATTRIBUTE_SENSITIVE) throw error;
    return Buffer.alloc(0);
  }
};

/** Names the attributes of an object that differ from those of a key of this shape that the token itself made. */
export const faultsOf = (session: TokenSession, handle: Handle, shape: KeyShape): readonly string[] => {
  const place = { id: Buffer.alloc(0), label: '', as: 'token' } as const;
  const expected = keyTemplate(shape, place, session.profile)
    .filter(({ type }) => !notCompared.includes(type))
    .map(({ type, value }) => [type, Number(value)] as const);
  const wanted = [...expected, ...bornInside.map((type) => [type, 1] as const)];
  return wanted.flatMap(([type, value]) => {
    const held = read(session, handle, type);
    return held.length > 0 && numberIn(held) === value ? [] : [attributeNames.get(type) ?? String(type)];
  });
};

const labelled = (session: TokenSession, { shape, label }: InspectSpec): readonly Handle[] => {
  session.begin('C_FindObjectsInit', 'own');
  session.p11.C_FindObjectsInit(session.session, [
    { type: cka.CLASS, value: objectClassOf(shape) },
    { type: cka.LABEL, value: label },
  ]);
  session.begin('C_FindObjects', 'own');
  const found = session.p11.C_FindObjects(session.session, most);
  session.begin('C_FindObjectsFinal', 'own');
  session.p11.C_FindObjectsFinal(session.session);
  return found;
};

/** @returns for each object with the label: its CKA_ID after one byte with its length, then its faults, joined by spaces */
const byLabel = (session: TokenSession, json: Buffer): readonly Buffer[] => {
  const spec = JSON.parse(json.toString()) as InspectSpec;
  const found = labelled(session, spec);
  assertAll(session, found.length);
  return found.map((handle) => {
    const id = session.attribute(handle, cka.ID);
    return Buffer.concat([Buffer.of(id.length), id, Buffer.from(faultsOf(session, handle, spec.shape).join(' '))]);
  });
};

/** Whether objects are found by their label, or one object is checked as at its first use. */
export const inspectVariant = { label: 0, named: 1 } as const;

/**
 * Looks at objects that no record names. `named` gets the locator of one of them.
 * @throws KeyMissing, ObjectRefused
 */
export const inspect = (session: TokenSession, variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [part] = parts as [Buffer];
  if (variant === inspectVariant.label) return byLabel(session, part);
  session.key(objectClassOf(unpackObject(part).expected.shape), part);
  return [];
};
