import { type Element, elementsOf, firstElement, NotDer } from '../../../asn1/decode.js';
import { tags } from '../../../asn1/tags.js';
import type { ImportFailureCode } from '../../import-failure.js';
import { BadMaterial } from '../session/bad-material.js';

/** The parts of a PrivateKeyInfo (RFC 5208 §5; RFC 5958 §2). */
export interface PrivateKeyInfo {
  /** DER of the algorithm's object identifier. */
  readonly algorithm: Buffer;
  readonly parameters: Element | undefined;
  readonly privateKey: Buffer;
}

const tagsOf = (elements: readonly Element[]): string => elements.map(({ tag }) => tag).join(' ');
const { integer, octetString, sequence, oid } = tags;

/** Other forms of keys, by the tags they begin with. */
const otherForms: readonly { readonly begins: readonly number[]; readonly code: ImportFailureCode }[] = [
  { begins: [sequence, octetString], code: 'encrypted' },
  { begins: [integer, octetString], code: 'sec1' },
  { begins: [integer, integer, integer, integer, integer], code: 'pkcs1' },
];

/** Explanatory text may precede PEM (RFC 7468 §2). The bytes are searched as they are: a string of them could not be cleared. */
const isText = (bytes: Buffer): boolean => {
  const at = bytes.indexOf('-----BEGIN ');
  return at === 0 || [0x0a, 0x0d].includes(bytes[at - 1] ?? 0);
};

const formOf = (elements: readonly Element[]): ImportFailureCode => {
  const found = tagsOf(elements);
  return otherForms.find(({ begins }) => `${found} `.startsWith(`${begins.join(' ')} `))?.code ?? 'form';
};

/** @throws NotDer, BadMaterial */
const parse = (bytes: Buffer): PrivateKeyInfo => {
  const { element: outer, rest } = firstElement(bytes);
  if (outer.tag !== sequence) throw new NotDer();
  const elements = elementsOf(outer.body);
  const [version, identifier, key] = elements;
  if (version?.tag !== integer || identifier?.tag !== sequence || key?.tag !== octetString)
    throw new BadMaterial(formOf(elements));
  if (rest.length > 0) throw new BadMaterial('trailing-bytes');
  const [algorithm, parameters, ...more] = elementsOf(identifier.body);
  if (algorithm?.tag !== oid || more.length > 0 || version.body.length !== 1 || (version.body[0] ?? 9) > 1)
    throw new NotDer();
  return { algorithm: algorithm.body, parameters, privateKey: key.body };
};

/** Runs `read`; bytes that are not DER are bad material. */
export const strictly = <Read>(read: () => Read): Read => {
  try {
    return read();
  } catch (error) {
    throw error instanceof NotDer ? new BadMaterial('form', { cause: error }) : error;
  }
};

/** @throws BadMaterial, with the form that the bytes have instead */
export const readPrivateKeyInfo = (bytes: Buffer): PrivateKeyInfo => {
  if (isText(bytes)) throw new BadMaterial('pem');
  return strictly(() => parse(bytes));
};
