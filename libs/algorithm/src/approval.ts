import type { Purpose } from './alg.js';
import { type AlgorithmName, algorithmOf } from './algorithm.js';
import type { AlgorithmKind } from './kind.js';

/** One line of a standard's list: what it admits of one kind of algorithm for one purpose, from which strength on, until when. */
export interface ApprovalRow {
  /** One algorithm, or all of a kind. */
  readonly algorithm: AlgorithmName | AlgorithmKind;
  readonly purpose: Purpose;
  /** In bits; the row says nothing of what is weaker. */
  readonly minimumStrength: number;
  /** Applying protection: encrypting, signing, computing a MAC, and making keys for it. */
  readonly protect: boolean;
  /** Processing what is protected already: decrypting, verifying. */
  readonly process: boolean;
  /** Last day of the row, UTC; null while no end is set. After it the next row that fits applies. */
  readonly notAfter: string | null;
  /** Document and section. */
  readonly source: string;
}

const protects = { protect: true, process: true } as const;
const processes = { protect: false, process: true } as const;

/** The start of a row; what it admits, until when and by which source follow. */
const row = (algorithm: ApprovalRow['algorithm'], purpose: Purpose, minimumStrength: number) => ({
  algorithm,
  purpose,
  minimumStrength,
});

/** SP 800-57 part 1 r5 §5.6.3, table 4: 112 bits protect through 2030; what they protected may be processed after it. */
const end112 = '2030-12-31';
const strengths = 'SP 800-57 part 1 r5 §5.6.3, table 4';
const aes = 'FIPS 197; SP 800-38D (GCM); SP 800-38F (KW)';
const kwp = 'FIPS 197; SP 800-38F (KWP)';

/**
 * What is FIPS-approved, by the texts of the standards; draft texts (IR 8547) decide nothing. The first row that fits decides,
 * and what no row fits is not approved.
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
  { ...row('aes', 'encrypt', 128), ...protects, notAfter: null, source: aes },
  { ...row('aes', 'wrap', 128), ...protects, notAfter: null, source: kwp },
  { ...row('hmac', 'mac', 128), ...protects, notAfter: null, source: 'FIPS 198-1; SP 800-107 r1 §5.3' },
];

/** NSA, CNSA 2.0 (advisory of September 2022): its own algorithms protect; those of CNSA 1.0 process until they are to be gone. */
const cnsa2 = 'CNSA 2.0, table I (AES-256)';
const cnsa2Hash = 'CNSA 2.0, table I (SHA-384, SHA-512)';
const cnsa1 = 'CNSA 1.0 (CNSSP 15, annex B), replaced by CNSA 2.0 by 2033';
const end1 = '2033-12-31';

/** What CNSA 2.0 admits; read as `fipsApproval` is. */
export const cnsaApproval: readonly ApprovalRow[] = [
  { ...row('AES-256', 'encrypt', 256), ...protects, notAfter: null, source: cnsa2 },
  { ...row('AES-256', 'wrap', 256), ...protects, notAfter: null, source: cnsa2 },
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

/** The rows of `table` that are about `algorithm` for `purpose`, in their order, those that have ended too. */
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

/** The row of `table` that decides at `now`; undefined for what the table does not admit. */
export const approvalAt = (
  table: readonly ApprovalRow[],
  algorithm: AlgorithmName,
  purpose: Purpose,
  now: number,
): ApprovalRow | undefined => approvalRows(table, algorithm, purpose).find((candidate) => now < endOf(candidate));

/** Whether keys of `algorithm` and `purpose` may protect by the FIPS table at `now`, and which document says so. */
export const fipsStatus = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  now: number,
): { approved: boolean; source: string } => {
  const decisive = approvalAt(fipsApproval, algorithm, purpose, now);
  return { approved: decisive?.protect === true, source: decisive?.source ?? 'in no FIPS or SP 800 text' };
};
