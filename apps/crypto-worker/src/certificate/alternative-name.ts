import type { CsrItem } from '@ankasecure/contracts';
import { der, oid, sequence } from '../asn1/encode.js';
import { tags } from '../asn1/tags.js';

type AlternativeNames = NonNullable<CsrItem['subjectAltNames']>;

/** The context-specific tags of GeneralName (RFC 5280 §4.2.1.6). */
const kinds = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

const ipv4Bytes = (text: string): readonly number[] => text.split('.').map(Number);

/** The bytes of some groups of an IPv6 address. The last can be an IPv4 address (RFC 4291 §2.2). */
const groupBytes = (groups: string): readonly number[] =>
  groups === ''
    ? []
    : groups.split(':').flatMap((group) => {
        if (group.includes('.')) return ipv4Bytes(group);
        const value = Number.parseInt(group, 16);
        return [value >> 8, value & 0xff];
      });

/** 4 or 16 bytes in network byte order. @param text an address, as its schema checks */
export const addressBytes = (text: string): Buffer => {
  if (!text.includes(':')) return Buffer.from(ipv4Bytes(text));
  const [head = '', tail = ''] = text.split('::');
  const [first, last] = [groupBytes(head), groupBytes(tail)];
  const zeros = Array.from({ length: 16 - first.length - last.length }, () => 0);
  return Buffer.from([...first, ...zeros, ...last]);
};

const identifier = oid('2.5.29.17');
const critical = der(tags.boolean, Buffer.of(0xff));

/**
 * The extension of subject alternative names in DER.
 * @param isOnly whether the subject is empty, so that the extension is critical (RFC 5280 §4.2.1.6)
 */
export const alternativeNamesOf = (
  { dns = [], ip = [], email = [], uri = [] }: AlternativeNames,
  isOnly: boolean,
): Buffer => {
  const ascii = (kind: number) => (name: string) => der(kind, Buffer.from(name, 'latin1'));
  const names = sequence(
    ...dns.map(ascii(kinds.dns)),
    ...ip.map((address) => der(kinds.ip, addressBytes(address))),
    ...email.map(ascii(kinds.email)),
    ...uri.map(ascii(kinds.uri)),
  );
  return sequence(identifier, ...(isOnly ? [critical] : []), der(tags.octetString, names));
};
