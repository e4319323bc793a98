import type { Handle } from 'pkcs11js';
import { isNamed, type ObjectName } from '../../object-owner.js';
import { cka, objectClass } from '../cryptoki/attribute.js';
import { ObjectRefused, type TokenSession } from '../session/token-session.js';
import { assertAll } from './find-named.js';

/** A public half that a killed generation left has no label. It is a copy of what everybody may know. */
const isPublicHalf = (session: TokenSession, handle: Handle): boolean =>
  session.attribute(handle, cka.CLASS).readUInt32LE() === objectClass.public;

const labelOf = (session: TokenSession, handle: Handle): string =>
  session.attributes(handle, [cka.LABEL])[0]?.toString() ?? '';

/**
 * Destroys every object with this CKA_ID, if it belongs to the named owner. A record that names somebody else's object
 * destroys nothing.
 * @returns their number, as four bytes
 * @throws ObjectRefused, KeyMissing
 */
export const destroy = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, json] = parts as [Buffer, Buffer];
  const name = JSON.parse(json.toString()) as ObjectName;
  let count = 0;
  for (let found = session.find(id, null, 8); found.length > 0; found = session.find(id, null, 8)) {
    for (const handle of found)
      if (!isPublicHalf(session, handle) && !isNamed(id, labelOf(session, handle), name))
        throw new ObjectRefused('the object to destroy is somebody else’s: its label or id differs');
    for (const handle of found) session.destroyObject(handle);
    count += found.length;
  }
  assertAll(session, count);
  const answer = Buffer.alloc(4);
  answer.writeUInt32LE(count);
  return [answer];
};
