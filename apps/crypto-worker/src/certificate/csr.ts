import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError, type CsrItem } from '@ankasecure/contracts';
import { bitString, der, integer, oid, sequence, setOf } from '../asn1/encode.js';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import type { KeyVersion } from '../key/key-version.js';
import { derOf } from '../signature/der.js';
import { jwsAlgOf } from '../signature/jws-alg.js';
import { signMessage } from '../signature/sign.js';
import { alternativeNamesOf } from './alternative-name.js';
import { nameOf } from './name.js';
import { signatureIdentifier } from './signature-identifier.js';

type Named = Pick<CsrItem, 'subject' | 'subjectAltNames'>;

/** The attributes of a request are the [0] of its information, which is there even if it is empty (RFC 2986 §4.1). */
const attributesTag = 0xa0;
const extensionRequest = oid('1.2.840.113549.1.9.14');

const attributesOf = ({ subject, subjectAltNames }: Named): Buffer => {
  if (subjectAltNames === undefined) return der(attributesTag);
  const extensions = sequence(alternativeNamesOf(subjectAltNames, subject === undefined));
  return der(attributesTag, sequence(extensionRequest, setOf(extensions)));
};

/** CertificationRequestInfo (RFC 2986 §4.1) in DER. @param spki SubjectPublicKeyInfo in DER */
export const requestInfoOf = (named: Named, spki: Uint8Array): Buffer =>
  sequence(integer(Buffer.of(0)), nameOf(named.subject ?? []), spki, attributesOf(named));

/** The signature as X.509 has it: DER for ECDSA (RFC 5758 §3.2), and the bytes themselves for all others. */
const valueOf = (alg: JwsAlg, raw: Uint8Array): Uint8Array =>
  signatureSchemes[alg].scheme === 'ecdsa' ? derOf(raw) : raw;

/** RFC 7468 §2: lines of 64 characters. */
const pemOf = (base64: string): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${base64.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;

/** A certification request. */
export interface SignedRequest {
  readonly alg: JwsAlg;
  /** DER. */
  readonly request: Buffer;
  /** Members of the answer. */
  readonly body: { readonly pem: string; readonly der: string };
}

/**
 * Makes a certification request for the public key of a version, signed by that version (RFC 2986).
 * @throws AnkaError `algorithm-mismatch`, `purpose-mismatch`, and custody's errors
 */
export const signRequest = async (
  custody: Custody,
  budget: Deadline,
  key: KeyVersion,
  item: Named & Pick<CsrItem, 'alg'>,
): Promise<SignedRequest> => {
  const alg = jwsAlgOf(key, item.alg);
  if (key.publicKey === null) throw new AnkaError('purpose-mismatch', 'A secret key has no public key');
  const info = requestInfoOf(item, key.publicKey.export({ format: 'der', type: 'spki' }));
  const identifier = signatureIdentifier(alg);
  const signature = await signMessage(custody, budget, key, alg, info);
  const request = sequence(info, identifier, bitString(valueOf(alg, signature)));
  const base64 = request.toString('base64');
  return { alg, request, body: { pem: pemOf(base64), der: base64 } };
};
