import { createPublicKey, hash, verify } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { Checkpoint } from './checkpoint.js';
import { checkpointText, parseCheckpoint } from './checkpoint.js';
import { isKeyName, type SignedNote, strictBase64 } from './note.js';

/** The algorithms that sign checkpoints. */
export type NoteAlgorithm = 'Ed25519' | 'EC-P256' | 'ML-DSA-44';

/** A key that verifies notes. */
export interface NoteKey {
  readonly algorithm: NoteAlgorithm;
  readonly name: string;
  /** Raw for Ed25519 (32 bytes) and ML-DSA-44 (1,312 bytes); a SubjectPublicKeyInfo in DER for EC-P256. */
  readonly publicKey: Uint8Array;
}

interface NoteForm {
  /** The byte that C2SP signed-note registers. */
  readonly type: number;
  /** Precedes the raw key in a SubjectPublicKeyInfo. Empty where the SubjectPublicKeyInfo itself is the key. */
  readonly spkiPrefix: Buffer;
  readonly publicKeyBytes: number;
  /** The bytes before the signature in a signature line: the time of a cosignature. */
  readonly timeBytes: 0 | 8;
  /** The digest that the signature is made over; null for the message itself. */
  readonly digest: 'sha256' | null;
}

/**
 * How each algorithm signs a note. Witnesses of the public network take Ed25519 (type 01) and ML-DSA-44 (06, a cosignature of the
 * log itself). EC-P256 (02) is for tokens without Ed25519: no public witness takes it.
 */
export const noteForms = {
  Ed25519: {
    type: 0x01,
    spkiPrefix: Buffer.from('302a300506032b6570032100', 'hex'),
    publicKeyBytes: 32,
    timeBytes: 0,
    digest: null,
  },
  'EC-P256': { type: 0x02, spkiPrefix: Buffer.of(), publicKeyBytes: 91, timeBytes: 0, digest: 'sha256' },
  'ML-DSA-44': {
    type: 0x06,
    spkiPrefix: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
    publicKeyBytes: 1312,
    timeBytes: 8,
    digest: null,
  },
} as const satisfies Record<NoteAlgorithm, NoteForm>;

const algorithms = Object.keys(noteForms) as NoteAlgorithm[];

const formOf = (algorithm: NoteAlgorithm): NoteForm => noteForms[algorithm];

const refused = (): AnkaError => new AnkaError('request-invalid', 'This is not a key that verifies notes.');

/** The key of a SubjectPublicKeyInfo (DER). @throws AnkaError `request-invalid` for a key of another algorithm */
export const noteKeyOf = (algorithm: NoteAlgorithm, name: string, spki: Uint8Array): NoteKey => {
  const { spkiPrefix, publicKeyBytes } = formOf(algorithm);
  const prefix = Buffer.from(spki.subarray(0, spkiPrefix.length));
  const publicKey = Buffer.from(spki.subarray(spkiPrefix.length));
  if (!isKeyName(name) || !prefix.equals(spkiPrefix) || publicKey.length !== publicKeyBytes) throw refused();
  return { algorithm, name, publicKey };
};

/** The 4 bytes that find a key among those of its name. */
export const keyIdOf = ({ algorithm, name, publicKey }: NoteKey): Buffer => {
  const { type } = formOf(algorithm);
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]);
  // As transparency-dev/witness computes it, which C2SP refers to.
  return hash('sha256', algorithm === 'EC-P256' ? Buffer.from(publicKey) : named, 'buffer').subarray(0, 4);
};

/** The verifier key (vkey) of C2SP signed-note: name, key id in hex, and type and key in base64, joined by plus signs. */
export const verifierKeyOf = (key: NoteKey): string => {
  const encoded = Buffer.concat([Buffer.of(formOf(key.algorithm).type), key.publicKey]).toString('base64');
  return `${key.name}+${keyIdOf(key).toString('hex')}+${encoded}`;
};

/** Reads a verifier key. @throws AnkaError `request-invalid` for one that `verifierKeyOf` does not write */
export const parseVerifierKey = (text: string): NoteKey => {
  const [name = '', , ...encoded] = text.split('+');
  const bytes = strictBase64(encoded.join('+'));
  const algorithm = algorithms.find((one) => formOf(one).type === bytes?.[0]);
  if (bytes === undefined || algorithm === undefined || !isKeyName(name)) throw refused();
  const key = { algorithm, name, publicKey: bytes.subarray(1) };
  if (key.publicKey.length !== formOf(algorithm).publicKeyBytes || verifierKeyOf(key) !== text) throw refused();
  return key;
};

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};

const short = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > 255) throw refused();
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
};

/**
 * The bytes that a key signs for a checkpoint: its text; for ML-DSA-44 the `cosigned_message` of C2SP tlog-cosignature, in which the
 * log's name and that of the key both stand.
 * @param signedAt seconds since the epoch. Only ML-DSA-44 binds it
 */
export const signedMessage = (
  { algorithm, name }: Pick<NoteKey, 'algorithm' | 'name'>,
  checkpoint: Checkpoint,
  signedAt: number,
): Buffer => {
  if (algorithm !== 'ML-DSA-44') return Buffer.from(checkpointText(checkpoint));
  const { origin, size, root } = checkpoint;
  const label = Buffer.from('subtree/v1\n\0', 'latin1');
  return Buffer.concat([label, short(name), u64(signedAt), short(origin), u64(0), u64(size), root]);
};

/** A signature as it stands in a note, behind the key id. @param raw r‖s for EC-P256, else as the algorithm's standard encodes it */
export const noteSignature = (algorithm: NoteAlgorithm, raw: Uint8Array, signedAt: number): Buffer => {
  if (algorithm === 'EC-P256') return derOf(raw);
  return algorithm === 'ML-DSA-44' ? Buffer.concat([u64(signedAt), raw]) : Buffer.from(raw);
};

/** An ECDSA signature in ASN.1 (RFC 3279 §2.2.3). @param raw r‖s, 64 bytes */
const derOf = (raw: Uint8Array): Buffer => {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((value) => {
    const digits = Buffer.from(value).subarray(
      Math.min(
        31,
        value.findIndex((byte) => byte !== 0),
      ),
    );
    const content = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
    return Buffer.concat([Buffer.of(2, content.length), content]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
};

/** `unsigned`: the note has no signature of the key. */
export type NoteStanding = 'valid' | 'invalid' | 'unsigned';

const isValid = (key: NoteKey, text: string, signature: Uint8Array): boolean => {
  const { spkiPrefix, timeBytes, digest } = formOf(key.algorithm);
  if (signature.length <= timeBytes) return false;
  try {
    const signedAt = timeBytes === 0 ? 0 : Number(Buffer.from(signature).readBigUInt64BE());
    // Any note can be signed with the other algorithms. A cosignature is of a checkpoint.
    const message =
      key.algorithm === 'ML-DSA-44' ? signedMessage(key, parseCheckpoint(text), signedAt) : Buffer.from(text);
    const spki = Buffer.concat([spkiPrefix, key.publicKey]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return verify(digest, message, publicKey, signature.subarray(timeBytes));
  } catch {
    return false;
  }
};

/** Verifies a note with one key. Each of its signatures by that key must be valid. */
export const verifyNote = ({ text, signatures }: SignedNote, key: NoteKey): NoteStanding => {
  const keyId = keyIdOf(key);
  const own = signatures.filter((one) => one.name === key.name && keyId.equals(one.keyId));
  if (own.length === 0) return 'unsigned';
  return own.every(({ signature }) => isValid(key, text, signature)) ? 'valid' : 'invalid';
};
