import { type AlgorithmKind, type AlgorithmName, algorithmOf, secretBytesOf } from '@ankasecure/algorithm';
import { AnkaError, type ImportMethod } from '@ankasecure/contracts';
import { type Lengths, lengthCause } from './length-cause.js';

/** A private key of RSA has nine numbers, together four and a half times as long as the modulus (RFC 8017 §A.1.2). */
const ofRsa = (bits: number): Lengths => ({
  least: Math.ceil((4.4 * bits) / 8),
  most: Math.ceil((4.5 * bits) / 8) + 128,
});

/** A scalar, with or without the public point, and object identifiers (RFC 5915 §3). */
const ofEc = (bits: number): Lengths => {
  const field = Math.ceil(bits / 8);
  return { least: field + 30, most: 3 * field + 64 };
};

/** From a seed alone (RFC 9881 §6, RFC 9935 §6) to a seed with the expanded key of ML-DSA-87. */
const ofPostQuantum = (): Lengths => ({ least: 48, most: 5120 });

const lengthsOf: Readonly<Record<AlgorithmKind, (bits: number, name: AlgorithmName) => Lengths>> = {
  rsa: ofRsa,
  ec: ofEc,
  ed: () => ({ least: 48, most: 128 }),
  aes: (_bits, name) => secretBytesOf(algorithmOf(name)),
  hmac: (_bits, name) => secretBytesOf(algorithmOf(name)),
  'ml-dsa': ofPostQuantum,
  'slh-dsa': ofPostQuantum,
  'ml-kem': ofPostQuantum,
};

/** RSA-OAEP with RSA-4096: the length of the modulus. */
const oaepBytes = 512;
/** RFC 5649: 8 bytes, and the key padded to a multiple of 8. */
const wrappedBytes = (bytes: number): number => 8 + 8 * Math.ceil(bytes / 8);

const range = ({ least, most }: Lengths): string => (least === most ? `${least}` : `${least} to ${most}`);

const expected = (name: AlgorithmName, lengths: Lengths, held: Lengths): string =>
  ['aes', 'hmac'].includes(algorithmOf(name).kind)
    ? `A key of ${name} has ${range(lengths)}.`
    : `An unencrypted PKCS#8 PrivateKeyInfo of ${name} in DER has ${range(lengths)}.${lengthCause(name, held)}`;

const methodForm: Readonly<Record<ImportMethod, string>> = {
  'rsa-aes-kwp': `With rsa-aes-kwp it is ${oaepBytes} bytes of RSA-OAEP, then AES key wrap with padding`,
  'aes-kwp': 'With aes-kwp it is AES key wrap with padding and nothing else',
};

/**
 * Checks everything that the length of wrapped material tells, before anything is unwrapped.
 * @param bytes the length of the wrapped key
 * @throws AnkaError `request-invalid`
 */
export const assertLengths = (name: AlgorithmName, method: ImportMethod, bytes: number): void => {
  const wrapped = method === 'rsa-aes-kwp' ? bytes - oaepBytes : bytes;
  if (wrapped < 16 || wrapped % 8 !== 0)
    throw new AnkaError(
      'request-invalid',
      `wrappedKey: has ${bytes} bytes. ${methodForm[method]}, which has 16 bytes or more, in multiples of 8.`,
    );
  const { kind, bits } = algorithmOf(name);
  const lengths = lengthsOf[kind](bits, name);
  if (wrapped >= wrappedBytes(lengths.least) && wrapped <= wrappedBytes(lengths.most)) return;
  const held = { least: wrapped - 15, most: wrapped - 8 };
  throw new AnkaError(
    'request-invalid',
    `wrappedKey: holds ${held.least} to ${held.most} bytes of key material. ${expected(name, lengths, held)}`,
  );
};

/** The block of the hash, above which HMAC hashes its key first (RFC 2104 §2), in bytes. */
const blockBytes = (bits: number): number => (bits === 256 ? 64 : 128);

/**
 * What the length tells, before anything is unwrapped, of a key for custody `wrapped` on a token that fills secrets up with
 * zeros: a filled HMAC key is the same key only up to the block of its hash.
 * @returns a sentence for whoever's import fails, or undefined
 */
export const filledAdvice = (name: AlgorithmName, method: ImportMethod, bytes: number): string | undefined => {
  const { kind, bits } = algorithmOf(name);
  const most = bytes - (method === 'rsa-aes-kwp' ? oaepBytes : 0) - 8;
  if (kind !== 'hmac' || most <= blockBytes(bits)) return undefined;
  return `In custody wrapped, this token keeps a key of ${name} that is longer than ${blockBytes(bits)} bytes only in multiples of 8 bytes: this one must have exactly ${most}. Otherwise import it into custody token.`;
};
