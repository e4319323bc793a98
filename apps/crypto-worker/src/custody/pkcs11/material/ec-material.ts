import { createECDH } from 'node:crypto';
import { type Element, elementsOf, firstElement } from '../../../asn1/decode.js';
import { tags } from '../../../asn1/tags.js';
import { curveOf, fieldBytes } from '../kind/curve.js';
import { BadMaterial } from '../session/bad-material.js';
import type { PrivateKeyInfo } from './pkcs8.js';

const ecPublicKey = Buffer.from('2a8648ce3d0201', 'hex');

/** The optional members of an ECPrivateKey (RFC 5915 §3): [0] parameters and [1] public key. */
const optional = { parameters: 0xa0, publicKey: 0xa1 } as const;

const memberOf = (elements: readonly Element[], tag: number): Element | undefined => {
  const member = elements.find((element) => element.tag === tag);
  return member && elementsOf(member.body)[0];
};

/** The public point of a private key, uncompressed and compressed. @throws BadMaterial if the scalar is zero or not below the order of the curve */
const pointsOf = (openssl: string, scalar: Buffer): readonly Buffer[] => {
  const pair = createECDH(openssl);
  try {
    pair.setPrivateKey(scalar);
    return [pair.getPublicKey(), pair.getPublicKey(null, 'compressed')];
  } catch (cause) {
    throw new BadMaterial('scalar', { cause });
  }
};

const isOn = (oid: Buffer, parameters: Element | undefined): boolean =>
  parameters?.tag === tags.oid && oid.subarray(2).equals(parameters.body);

/**
 * Checks an EC key: a named curve, a scalar between 1 and its order (SP 800-56A r3 §5.6.2.1.2), and its own public key, if
 * one is there.
 * @throws BadMaterial, NotDer
 */
export const checkEc = (bits: number, { algorithm, parameters, privateKey }: PrivateKeyInfo): void => {
  if (!algorithm.equals(ecPublicKey)) throw new BadMaterial('kind');
  const { openssl, oid } = curveOf(bits);
  if (!isOn(oid, parameters)) throw new BadMaterial('curve');
  const { element, rest } = firstElement(privateKey);
  if (rest.length > 0) throw new BadMaterial('trailing-bytes');
  const elements = element.tag === tags.sequence ? elementsOf(element.body) : [];
  const [version, scalar, ...members] = elements;
  if (version?.tag !== tags.integer || scalar?.tag !== tags.octetString) throw new BadMaterial('form');
  const own = memberOf(members, optional.parameters);
  if (own !== undefined && !isOn(oid, own)) throw new BadMaterial('curve');
  if (scalar.body.length > fieldBytes(bits)) throw new BadMaterial('scalar');
  const points = pointsOf(openssl, scalar.body);
  const told = memberOf(members, optional.publicKey);
  const isTold = (point: Buffer): boolean => told?.body.equals(Buffer.concat([Buffer.of(0), point])) === true;
  if (told !== undefined && !points.some(isTold)) throw new BadMaterial('public-key');
};
