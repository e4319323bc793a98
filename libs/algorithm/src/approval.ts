import type { Purpose } from './alg.js';
import { type AlgorithmName, algorithmOf } from './algorithm.js';
import type { AlgorithmKind } from './kind.js';

/** One row of a standard's table: the uses it allows for an algorithm or kind and a purpose, from a strength on, until a date. */
export interface ApprovalRow {
  /** One algorithm, or all of a kind. */
  readonly algorithm: AlgorithmName | AlgorithmKind;
  readonly purpose: Purpose;
  /** The minimum strength in bits. The row does not apply to weaker algorithms. */
  readonly minimumStrength: number;
  /** Whether the row allows protecting: encrypting, encapsulating, signing, computing a MAC, and making keys for it. */
  readonly protect: boolean;
  /** Whether the row allows processing protected data: decrypting, decapsulating, verifying. */
  readonly process: boolean;
  /** The last day of the row in UTC, or null if it has no end. After it the next matching row applies. */
  readonly notAfter: string | null;
  /** The source: document and section. */
  readonly source: string;
}

const protects = { protect: true, process: true } as const;
const processes = { protect: false, process: true } as const;

/** Starts a row. The allowed uses, the end date and the source follow. */
const row = (algorithm: ApprovalRow['algorithm'], purpose: Purpose, minimumStrength: number) => ({
  algorithm,
  purpose,
  minimumStrength,
});

/** SP 800-57 part 1 r5 §5.6.3, table 4: 112 bits protect data through 2030. That data may be processed afterwards. */
const end112 = '2030-12-31';
const strengths = 'SP 800-57 part 1 r5 §5.6.3, table 4';
const aes = 'FIPS 197; SP 800-38D (GCM); SP 800-38F (KW)';
const kwp = 'FIPS 197; SP 800-38F (KWP)';

/**
 * The FIPS-approved uses according to the standards. Drafts (IR 8547) decide nothing. The first matching row decides,
 * and a use without a matching row is not approved.
 */
export const fipsApproval: readonly ApprovalRow[] = [
  { ...row('rsa', 'sign', 128), ...protects, notAfter: null, source: 'FIPS 186-5 §5 (RSA signatures)' },
  { ...row('rsa', 'sign', 112), ...protects, notAfter: end112, source: `FIPS 186-5 §5 (RSA signatures); ${strengths}` },
  { ...row('rsa', 'sign', 112), ...processes, notAfter: null, source: `${strengths} (legacy use)` },
  { ...row('rsa', 'encrypt', 128), ...protects, notAfter: null, source: 'SP 800-56B r2 §7.2.2 (RSA-OAEP)' },
  {
    ...row('rsa', 'encrypt', 112),
    ...protects,
    notAfter: end112,
    source: `SP 800-56B r2 §7.2.2 (RSA-OAEP); ${strengths}`,
  },
  { ...row('rsa', 'encrypt', 112), ...processes, notAfter: null, source: `${strengths} (legacy use)` },
  { ...row('ec', 'sign', 128), ...protects, notAfter: null, source: 'FIPS 186-5 §6 (ECDSA)' },
  {
    ...row('ec', 'encrypt', 128),
    ...protects,
    notAfter: null,
    source: 'SP 800-56A r3 §5.7.1.2 (ECDH); SP 800-56C r2 §4 (Concat KDF)',
  },
  { ...row('ed', 'sign', 128), ...protects, notAfter: null, source: 'FIPS 186-5 §7 (EdDSA)' },
  { ...row('ml-dsa', 'sign', 128), ...protects, notAfter: null, source: 'FIPS 204 (ML-DSA)' },
  { ...row('slh-dsa', 'sign', 128), ...protects, notAfter: null, source: 'FIPS 205 (SLH-DSA)' },
  {
    ...row('ml-kem', 'encrypt', 128),
    ...protects,
    notAfter: null,
    source: 'FIPS 203 (ML-KEM); SP 800-227 §4.4 (the shared secret is the key); SP 800-38F (KW)',
  },
  {
    ...row('ml-kem', 'encapsulate', 128),
    ...protects,
    notAfter: null,
    source: 'FIPS 203 (ML-KEM); SP 800-227 §4 (using KEMs)',
  },
  { ...row('aes', 'encrypt', 128), ...protects, notAfter: null, source: aes },
  { ...row('aes', 'wrap', 128), ...protects, notAfter: null, source: kwp },
  { ...row('hmac', 'mac', 128), ...protects, notAfter: null, source: 'FIPS 198-1; SP 800-107 r1 §5.3' },
];

/** NSA, CNSA 2.0 (advisory of September 2022): its own algorithms protect data. Those of CNSA 1.0 process data until their end. */
const cnsa2 = 'CNSA 2.0, table I (AES-256)';
const cnsa2Hash = 'CNSA 2.0, table I (SHA-384, SHA-512)';
const cnsa1 = 'CNSA 1.0 (CNSSP 15, annex B), replaced by CNSA 2.0 by 2033';
const end1 = '2033-12-31';

/** The uses that CNSA 2.0 allows. It is read like `fipsApproval`. */
export const cnsaApproval: readonly ApprovalRow[] = [
  { ...row('AES-256', 'encrypt', 256), ...protects, notAfter: null, source: cnsa2 },
  { ...row('AES-256', 'wrap', 256), ...protects, notAfter: null, source: cnsa2 },
  { ...row('ML-DSA-87', 'sign', 256), ...protects, notAfter: null, source: 'CNSA 2.0, table I (ML-DSA-87)' },
  { ...row('ML-KEM-1024', 'encrypt', 256), ...protects, notAfter: null, source: 'CNSA 2.0, table I (ML-KEM-1024)' },
  { ...row('ML-KEM-1024', 'encapsulate', 256), ...protects, notAfter: null, source: 'CNSA 2.0, table I (ML-KEM-1024)' },
  { ...row('HMAC-SHA384', 'mac', 256), ...protects, notAfter: null, source: cnsa2Hash },
  { ...row('HMAC-SHA512', 'mac', 256), ...protects, notAfter: null, source: cnsa2Hash },
  { ...row('rsa', 'sign', 128), ...processes, notAfter: end1, source: cnsa1 },
  { ...row('rsa', 'encrypt', 128), ...processes, notAfter: end1, source: cnsa1 },
  { ...row('EC-P384', 'sign', 192), ...processes, notAfter: end1, source: cnsa1 },
  { ...row('EC-P384', 'encrypt', 192), ...processes, notAfter: end1, source: cnsa1 },
];

/** The first moment after the row's last day, in milliseconds since the epoch. */
export const endOf = ({ notAfter }: ApprovalRow): number =>
  notAfter === null ? Number.POSITIVE_INFINITY : Date.parse(`${notAfter}T00:00:00Z`) + 86_400_000;

/** The rows of `table` for `algorithm` and `purpose`, in order, including rows that have ended. */
export const approvalRows = (
  table: readonly ApprovalRow[],
  algorithm: AlgorithmName,
  purpose: Purpose,
): readonly ApprovalRow[] => {
  const { kind, strength } = algorithmOf(algorithm);
  return table.filter(
    (candidate) =>
      [algorithm, kind].includes(candidate.algorithm) &&
      candidate.purpose === purpose &&
      strength >= candidate.minimumStrength,
  );
};

/** The row of `table` that decides at `now`, or undefined if the table does not allow the use. */
export const approvalAt = (
  table: readonly ApprovalRow[],
  algorithm: AlgorithmName,
  purpose: Purpose,
  now: number,
): ApprovalRow | undefined => approvalRows(table, algorithm, purpose).find((candidate) => now < endOf(candidate));

/** Whether the FIPS table allows keys of `algorithm` and `purpose` to protect data at `now`, with its source. */
export const fipsStatus = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  now: number,
): { approved: boolean; source: string } => {
  const decisive = approvalAt(fipsApproval, algorithm, purpose, now);
  return { approved: decisive?.protect === true, source: decisive?.source ?? 'in no FIPS or SP 800 text' };
};
