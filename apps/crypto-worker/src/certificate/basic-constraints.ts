import { type Element, elementsOf, firstElement, unsigned } from '../asn1/decode.js';
import { tags } from '../asn1/tags.js';

/** id-ce-basicConstraints, 2.5.29.19. */
const basicConstraints = Buffer.from([0x55, 0x1d, 0x13]);
/** The [3] of a TBSCertificate (RFC 5280 §4.1). */
const extensionsTag = 0xa3;

const bodyOfFirst = (bytes: Buffer): Buffer => firstElement(bytes).element.body;

/** The parts of each extension: its type, whether it is critical, and its value. */
const extensionsOf = (certificate: Buffer): readonly (readonly Element[])[] => {
  const toBeSigned = bodyOfFirst(bodyOfFirst(certificate));
  const extensions = elementsOf(toBeSigned).find(({ tag }) => tag === extensionsTag);
  return extensions === undefined ? [] : elementsOf(bodyOfFirst(extensions.body)).map(({ body }) => elementsOf(body));
};

/**
 * The pathLenConstraint of a certificate (RFC 5280 §4.2.1.9).
 * @param certificate DER, which OpenSSL has parsed
 * @returns undefined if it has none. @throws NotDer
 */
export const pathLengthOf = (certificate: Buffer): number | undefined => {
  const value = extensionsOf(certificate)
    .find(([type]) => type?.body.equals(basicConstraints))
    ?.at(-1);
  if (value === undefined) return undefined;
  const length = elementsOf(bodyOfFirst(value.body)).find(({ tag }) => tag === tags.integer);
  return length === undefined ? undefined : Number(unsigned(length));
};
