import { type AlgorithmName, algorithmNames, algorithmOf } from '@ankasecure/algorithm';

/** Lengths in bytes, both included. */
export interface Lengths {
  readonly least: number;
  readonly most: number;
}

const overlap = (one: Lengths, other: Lengths): boolean => one.least <= other.most && other.least <= one.most;

/** RFC 7468: base64 in lines of 64, between boundaries. Line breaks have one or two bytes. */
const pemOf = ({ least, most }: Lengths, label: string): Lengths => {
  const size = (bytes: number, newline: number): number => {
    const base64 = 4 * Math.ceil(bytes / 3);
    const lines = Math.ceil(base64 / 64) + 2;
    return base64 + '-----BEGIN -----'.length + '-----END -----'.length + 2 * label.length + lines * newline;
  };
  return { least: size(least, 1), most: size(most, 2) };
};

/** PBES2 (RFC 8018 §6.2): padding, and the parameters of the derivation and of the cipher. */
const encryptedOf = ({ least, most }: Lengths): Lengths => ({ least: least + 85, most: most + 130 });

/** The PKCS#8 keys in DER that programs write. That of a curve has its public point (RFC 5915 §3). */
const writtenOf = (name: AlgorithmName): Lengths => {
  const { kind, bits } = algorithmOf(name);
  if (kind === 'rsa') return { least: Math.ceil((4.4 * bits) / 8) + 64, most: Math.ceil((4.5 * bits) / 8) + 72 };
  if (kind === 'ed') return { least: 48, most: 83 };
  const field = Math.ceil(bits / 8);
  return { least: 3 * field + 38, most: 3 * field + 56 };
};

const pairs = algorithmNames.filter((name) => ['rsa', 'ec', 'ed'].includes(algorithmOf(name).kind));

/** A bare scalar, or number of as many bits. */
const bareOf = (name: AlgorithmName): Lengths => {
  const bytes = Math.ceil(algorithmOf(name).bits / 8);
  return { least: bytes, most: bytes };
};

/** What a file can be instead of a PKCS#8 key in DER of `name`, and the length that it then has. */
const formsOf = (name: AlgorithmName): readonly (readonly [cause: string, lengths: Lengths])[] => {
  const written = writtenOf(name);
  const encrypted = encryptedOf(written);
  return [
    ['PEM text (convert it to DER)', pemOf(written, 'PRIVATE KEY')],
    ['an encrypted PKCS#8 file (decrypt it)', encrypted],
    ['an encrypted PKCS#8 file in PEM (decrypt it and convert it to DER)', pemOf(encrypted, 'ENCRYPTED PRIVATE KEY')],
    ['a bare private number (put it into PKCS#8)', bareOf(name)],
    ...pairs.filter((other) => other !== name).map((other) => [`a key of ${other}`, writtenOf(other)] as const),
  ];
};

/**
 * The usual causes of a private key of another length: only those that have this length.
 * @returns a sentence, or an empty text if there are none
 */
export const lengthCause = (name: AlgorithmName, held: Lengths): string => {
  const causes = formsOf(name).flatMap(([cause, lengths]) => (overlap(lengths, held) ? [cause] : []));
  return causes.length === 0 ? '' : ` This is the length of ${causes.join(', or of ')}.`;
};
