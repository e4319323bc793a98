import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Handle } from 'pkcs11js';
import { objectClass } from '../cryptoki/attribute.js';
import { ckm } from '../cryptoki/mechanism.js';
import type { KeyShape } from '../job/key-shape.js';
import type { Placement } from '../job/placement.js';
import { unwrappedTemplate } from '../kind/template.js';
import { boundBytes, shapeOfHeader, unpackWrapped, type WrappedLocator } from '../session/locator.js';
import { passing } from '../session/passing.js';
import { BlobRefused, type TokenSession } from '../session/token-session.js';
import type { UnwrapInto, UnwrapTarget } from '../session/unwrapped-key.js';
import { kekMechanism, wrapWith } from '../use/kwp.js';
import { make } from './generate.js';

const macOf = (session: TokenSession, blobMac: Buffer, header: Buffer, blob: Buffer): Buffer => {
  const key = session.key(objectClass.secret, blobMac);
  session.begin('C_SignInit', 'key-init');
  session.p11.C_SignInit(session.session, { mechanism: ckm.SHA256_HMAC }, key);
  session.begin('C_Sign', 'produce');
  return Buffer.from(session.p11.C_Sign(session.session, boundBytes(header, blob), session.output(64)));
};

/**
 * Unwraps a key, once its blob has proved to match its record.
 * @throws BlobRefused
 */
const unwrapWith = (
  session: TokenSession,
  into: UnwrapTarget,
  { kek, blobMac, mac, header, blob }: WrappedLocator,
  place: Omit<Placement, 'id'>,
): Handle => {
  if (!timingSafeEqual(macOf(session, blobMac, header, blob), mac)) throw new BlobRefused();
  const unwrapping = session.key(objectClass.secret, kek);
  const template = session.template(
    unwrappedTemplate(shapeOfHeader(header), { id: into.id, ...place }, session.profile),
  );
  const target = into.session();
  session.begin('C_UnwrapKey', 'produce');
  return session.p11.C_UnwrapKey(target, kekMechanism(session), unwrapping, blob, template);
};

/** Unwraps a key for the lane's own use, as an object of a session. */
export const unwrapForUse: UnwrapInto = (session, into, locator) =>
  unwrapWith(session, into, locator, { label: 'ankasecure:unwrapped', as: 'session' });

export const wrapAndBind = (
  session: TokenSession,
  key: Handle,
  [header, kek, blobMac]: readonly [Buffer, Buffer, Buffer],
): readonly [Buffer, Buffer] => {
  const blob = wrapWith(session, session.key(objectClass.secret, kek), key);
  return [blob, macOf(session, blobMac, header, blob)];
};

/**
 * Makes a key and wraps it. The public half is read at once. The key itself exists only during this call. @returns blob, MAC
 * and the SPKI of a pair
 */
export const generateWrapped = (
  session: TokenSession,
  _variant: number,
  parts: readonly Buffer[],
): readonly Buffer[] => {
  const [header, kek, blobMac] = parts as [Buffer, Buffer, Buffer];
  const shape: KeyShape = shapeOfHeader(header);
  const place: Placement = { id: randomBytes(16), label: 'ankasecure:to-be-wrapped', as: 'wrappable-session' };
  const { key, spki } = make(session, shape, place);
  const wrapped = passing(session, key, () => wrapAndBind(session, key, [header, kek, blobMac]));
  return spki ? [...wrapped, spki] : wrapped;
};

/** Rewraps a key from one KEK to another. @returns blob and MAC */
export const rewrap = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [locator, header, kek, blobMac] = parts as [Buffer, Buffer, Buffer, Buffer];
  const place = { label: 'ankasecure:to-be-wrapped', as: 'wrappable-session' } as const;
  const into: UnwrapTarget = { id: randomBytes(16), session: () => session.session };
  const key = unwrapWith(session, into, unpackWrapped(locator), place);
  return passing(session, key, () => wrapAndBind(session, key, [header, kek, blobMac]));
};
