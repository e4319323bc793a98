import type { TokenIdentity } from '../custody.js';
import { objectClass } from './cryptoki/attribute.js';

const types: Readonly<Record<number, string>> = {
  [objectClass.private]: 'private',
  [objectClass.secret]: 'secret-key',
  [objectClass.public]: 'public',
};

/** RFC 7512 percent-encoding: encodes everything but unreserved characters. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** An RFC 7512 URI without a PIN, for people and for records. */
export const objectUri = (token: TokenIdentity, id: Uint8Array, type: number): string => {
  const bytes = Array.from(id, (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
  return `pkcs11:token=${encoded(token.label)};serial=${encoded(token.serial)};id=${bytes};type=${types[type] ?? 'private'}`;
};
