import type { Handle } from 'pkcs11js';
import { cka, objectClass } from '../cryptoki/attribute.js';
import type { TokenSession } from '../session/token-session.js';

/** The variants of an `anchor` job. */
export const anchorVariant = { read: 0, write: 1 } as const;

/** An anchor: its number (u64be), then the bytes that it anchors. */
const numberOf = (value: Buffer): bigint => (value.length < 8 ? 0n : value.readBigUInt64BE());

interface Held {
  readonly handle: Handle;
  readonly value: Buffer;
}

/** More than one object with the label remains if a worker died between making the new and destroying the old. */
const most = 16;

const heldBy = (session: TokenSession, label: Buffer): readonly Held[] => {
  const { session: handle } = session;
  session.begin('C_FindObjectsInit', 'own');
  session.p11.C_FindObjectsInit(handle, [
    { type: cka.CLASS, value: objectClass.data },
    { type: cka.LABEL, value: label },
  ]);
  session.begin('C_FindObjects', 'own');
  const found = session.p11.C_FindObjects(handle, most);
  session.begin('C_FindObjectsFinal', 'own');
  session.p11.C_FindObjectsFinal(handle);
  return found
    .map((object) => ({ handle: object, value: Buffer.from(session.attribute(object, cka.VALUE)) }))
    .toSorted((a, b) => (numberOf(a.value) < numberOf(b.value) ? 1 : -1));
};

const make = (session: TokenSession, label: Buffer, value: Buffer): void => {
  const template = session.template([
    { type: cka.CLASS, value: objectClass.data },
    { type: cka.TOKEN, value: true },
    { type: cka.PRIVATE, value: true },
    { type: cka.MODIFIABLE, value: false },
    { type: cka.LABEL, value: label },
    { type: cka.VALUE, value },
  ]);
  const handle = session.session;
  session.begin('C_CreateObject', 'create');
  session.p11.C_CreateObject(handle, template);
};

/**
 * Reads the data object with this label, or replaces it by one with a higher number. It only ever moves forward: the new
 * object is made before the old one is destroyed, and the highest number counts.
 * @returns the value that the token holds then; nothing if it holds none
 */
export const anchor = (session: TokenSession, variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [label, value] = parts as [Buffer, Buffer];
  const held = heldBy(session, label);
  const [newest] = held;
  const isNewer = newest === undefined || numberOf(value) > numberOf(newest.value);
  if (variant !== anchorVariant.write || !isNewer) return newest === undefined ? [] : [newest.value];
  make(session, label, value);
  for (const { handle } of held) session.destroyObject(handle);
  return [Buffer.from(value)];
};
