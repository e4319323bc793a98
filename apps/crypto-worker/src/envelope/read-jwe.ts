import {
  type ContentAlg,
  contentAlgs,
  contentEncryptionOf,
  type HpkeAlg,
  isHpkeAlg,
  isMlKemJweAlg,
  type JweAlg,
  jweAlgs,
  type MlKemJweAlg,
} from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { decodeSegment } from '../jose/base64url.js';
import { type ProtectedHeader, readProtectedHeader } from '../jose/header.js';
import { type Agreement, readAgreement } from './agreement.js';
import { readEncapsulated } from './encapsulation.js';
import { type IntegratedAlg, isIntegrated } from './jwe-alg.js';

export interface JweHeader {
  /** The header's alg. It is compared with the key record, never followed. */
  readonly alg: JweAlg;
  /** With HPKE for the content, its AEAD. */
  readonly enc: ContentAlg;
  readonly kid: string | null;
  /** `aad#S256`: base64url of the SHA-256 of the caller's additional data. */
  readonly aadHash: string | null;
  /** The type of the plaintext, as whoever encrypted it says. */
  readonly cty: string | null;
  /** Only for ECDH-ES. */
  readonly agreement: Agreement | null;
  /** The ciphertext of ML-KEM; only for its algorithms. */
  readonly encapsulated: Uint8Array | null;
}

/**
 * A compact JWE (RFC 7516 §3.1) with an acceptable header and well-formed segments. The length of the encrypted key is not
 * checked yet: it depends on the key.
 */
export interface JweParts {
  readonly header: JweHeader;
  /** As received. Its ASCII bytes authenticate the content. */
  readonly protectedHeader: string;
  readonly encryptedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

const refuse = (detail: string): never => {
  throw new AnkaError('jwe-invalid', detail);
};

const readAlg = (header: ProtectedHeader): JweAlg =>
  jweAlgs.find((alg) => alg === header['alg']) ?? refuse(`The header member alg must be one of ${jweAlgs.join(', ')}.`);

const readEnc = (header: ProtectedHeader, alg: JweAlg): ContentAlg => {
  if (!isIntegrated(alg)) return namedEnc(header);
  return header['enc'] === undefined && header['ek'] === undefined
    ? 'A256GCM'
    : refuse(`The header members enc and ek must be left out with alg ${alg}.`);
};

const namedEnc = (header: ProtectedHeader): ContentAlg =>
  contentAlgs.find((enc) => enc === header['enc']) ??
  refuse(`The header member enc must be one of ${contentAlgs.join(', ')}.`);

const readAadHash = (header: ProtectedHeader): string | null => {
  const value = header['aad#S256'];
  if (value === undefined) return null;
  if (typeof value === 'string' && value.length === 43 && decodeSegment(value) !== null) return value;
  return refuse('The header member aad#S256 must be the base64url of a SHA-256 hash.');
};

/** Whether the header has the ciphertext of ML-KEM. With HPKE for the content it is segment 2. */
const hasEncapsulated = (alg: JweAlg): alg is MlKemJweAlg | Exclude<HpkeAlg, IntegratedAlg> =>
  isMlKemJweAlg(alg) || (isHpkeAlg(alg) && !isIntegrated(alg));

const readHeader = (header: ProtectedHeader): JweHeader => {
  const alg = readAlg(header);
  const enc = readEnc(header, alg);
  return {
    alg,
    enc,
    kid: typeof header['kid'] === 'string' ? header['kid'] : null,
    aadHash: readAadHash(header),
    cty: typeof header['cty'] === 'string' ? header['cty'] : null,
    agreement: alg === 'ECDH-ES+A256KW' ? readAgreement(header) : null,
    encapsulated: hasEncapsulated(alg) ? readEncapsulated(header, alg) : null,
  };
};

/** What is wrong with text that is not canonical base64url, for the reader of an answer. The first row that fits counts. */
const faults: readonly (readonly [fault: RegExp, told: string])[] = [
  [/\s/, 'it has white space, such as a line break at its end'],
  [/=/, 'it is padded with =, which base64url leaves out'],
  [/[+/]/, 'it has + or / of standard base64 instead of - and _'],
  [/[^A-Za-z0-9_-]/, 'it has characters that base64url does not have'],
  [/^/, 'it ends in the middle of a byte, or with bits that must be zero'],
];

/** The bytes of a segment. Its spelling is public, and says nothing about the key. */
const bytesOf = (name: string, segment: string): Buffer =>
  decodeSegment(segment) ??
  refuse(`The ${name} is not base64url (RFC 7515, section 2): ${faults.find(([fault]) => fault.test(segment))?.[1]}.`);

/** The bytes of a segment whose length the header fixes. */
const sizedBytesOf = (name: string, segment: string, length: number, fixedBy: string): Buffer => {
  const bytes = bytesOf(name, segment);
  if (bytes.length === length) return bytes;
  return refuse(`The ${name} must have ${length} bytes with ${fixedBy}. It has ${bytes.length}.`);
};

/** With HPKE for the content, segments 3 and 5 are empty. */
const lengthsOf = ({ alg, enc }: JweHeader) =>
  isIntegrated(alg)
    ? { ivBytes: 0, tagBytes: 0, fixedBy: `alg ${alg}` }
    : { ...contentEncryptionOf(enc), fixedBy: `enc ${enc}` };

/**
 * The gate: makes every check that needs no key. These depend on the bytes of the JWE alone, which its sender knows, so that
 * their reasons can be told. What depends on a key is for `openJwe`, where all failures are alike.
 * @throws AnkaError `jwe-invalid`
 */
export const readJwe = (compact: string): JweParts => {
  const segments = compact.split('.', 6);
  if (segments.length !== 5) refuse('A compact JWE has five segments.');
  const [protectedHeader, encryptedKey, iv, ciphertext, tag] = segments as [string, string, string, string, string];
  const header = readHeader(readProtectedHeader(protectedHeader, 'jwe-invalid'));
  const { ivBytes, tagBytes, fixedBy } = lengthsOf(header);
  return {
    header,
    protectedHeader,
    encryptedKey: bytesOf('second segment, the encrypted key,', encryptedKey),
    iv: sizedBytesOf('third segment, the initialization vector,', iv, ivBytes, fixedBy),
    ciphertext: bytesOf('fourth segment, the ciphertext,', ciphertext),
    tag: sizedBytesOf('fifth segment, the authentication tag,', tag, tagBytes, fixedBy),
  };
};
