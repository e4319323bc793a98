interface Curve {
  /** The curve's name in OpenSSL. */
  readonly openssl: string;
  /** DER object identifier (RFC 5480 §2.1.1.1): CKA_EC_PARAMS. */
  readonly oid: Buffer;
}

const curves: Readonly<Record<number, Curve>> = {
  256: { openssl: 'prime256v1', oid: Buffer.from('06082a8648ce3d030107', 'hex') },
  384: { openssl: 'secp384r1', oid: Buffer.from('06052b81040022', 'hex') },
  521: { openssl: 'secp521r1', oid: Buffer.from('06052b81040023', 'hex') },
};

/** The NIST curve of this size. */
export const curveOf = (bits: number): Curve => {
  const curve = curves[bits];
  if (!curve) throw new Error(`no curve of ${bits} bits`);
  return curve;
};

/** The length of one coordinate in bytes. */
export const fieldBytes = (bits: number): number => Math.ceil(bits / 8);
