import { type AlgorithmName, algorithmNames, algorithmOf, cnsaApproval } from '@ankasecure/algorithm';
import { initialPolicy, type PolicyDocument, type Sunset } from './document.js';
import type { RuleName } from './rule.js';

/** A policy template and the source of each of its rules. */
export interface Template {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly document: PolicyDocument;
  readonly sources: readonly { readonly rule: RuleName; readonly source: string }[];
}

const cryptoperiod =
  'SP 800-57 part 1 r5 §5.3.6, table 1 (private signature and data encryption keys: at most 2 years of protection)';

const approvedMode =
  'FIPS 140-3 §7.2.4 (approved mode of operation); SP 800-140C r2 §6.2 (approved security functions)';
const cnsa2 = 'NSA, Announcing the Commercial National Security Algorithm Suite 2.0, September 2022';

const inCnsa = (name: AlgorithmName): boolean =>
  algorithmOf(name).strength >= 128 &&
  cnsaApproval.some(({ algorithm }) => [name, algorithmOf(name).kind].includes(algorithm));

/** Quantum computers can break these. Those with 112 bits of strength end first. */
const classical = algorithmNames.filter((name) => ['rsa', 'ec', 'ed'].includes(algorithmOf(name).kind));
const wayOut = (algorithm: AlgorithmName): Sunset =>
  algorithmOf(algorithm).strength < 128
    ? {
        algorithm,
        protectUntil: '2031-01-01T00:00:00Z',
        source: 'SP 800-57 part 1 r5 §5.6.3, table 4; NIST IR 8547 (initial public draft) §4.1',
      }
    : { algorithm, protectUntil: '2036-01-01T00:00:00Z', source: 'NIST IR 8547 (initial public draft) §4.1' };

/** The reply of `GET /policy/templates`. A template is data: it is sent like any other document, unchanged or edited. */
export const templates: readonly Template[] = [
  {
    name: 'fips-140-3',
    title: 'FIPS 140-3',
    description:
      'Allows only approved algorithms, and no step outside the HSM with a secret of its keys. Steps with content keys run in the worker, and answers name them. The HSM’s own certificate says whether it is validated.',
    document: {
      allowedAlgorithms: [...algorithmNames],
      fipsOnly: true,
      minimumStrength: 112,
      custody: ['token', 'wrapped'],
      maxRotationIntervalDays: 730,
    },
    sources: [
      { rule: 'allowedAlgorithms', source: 'SP 800-140C r2 §6.2 (approved security functions)' },
      { rule: 'fipsOnly', source: approvedMode },
      { rule: 'minimumStrength', source: 'SP 800-131A r2 §1.2.2; SP 800-57 part 1 r5 §5.6.3, table 4' },
      {
        rule: 'custody',
        source: 'FIPS 140-3 §7.9 (sensitive security parameters stay in the module or leave it wrapped)',
      },
      { rule: 'maxRotationIntervalDays', source: cryptoperiod },
    ],
  },
  {
    name: 'cnsa-2.0',
    title: 'CNSA 2.0',
    description:
      'Allows only the algorithms of CNSA 2.0 to protect data. Data protected with algorithms of CNSA 1.0 can be decrypted and verified until the end of 2033. The signature and key-establishment algorithms of CNSA 2.0 are post-quantum: if the token supports none of them, signature keys and key pairs cannot be made.',
    document: {
      allowedAlgorithms: algorithmNames.filter(inCnsa),
      fipsOnly: true,
      cnsa2: true,
      custody: ['token', 'wrapped'],
      maxRotationIntervalDays: 730,
    },
    sources: [
      { rule: 'allowedAlgorithms', source: 'CNSA 2.0, table I; CNSSP 15, annex B (CNSA 1.0)' },
      { rule: 'fipsOnly', source: `${cnsa2}, executive summary (validation by CNSSP 11); ${approvedMode}` },
      { rule: 'cnsa2', source: `${cnsa2}, executive summary (nothing but what is approved)` },
      { rule: 'custody', source: 'FIPS 140-3 §7.9' },
      { rule: 'maxRotationIntervalDays', source: cryptoperiod },
    ],
  },
  {
    name: 'pqc-migration',
    title: 'Migration to post-quantum algorithms',
    description:
      'Keeps all algorithms and warns when data is protected with one that a quantum computer can break. Those with 112 bits of strength protect data until the end of 2030, the others until the end of 2035. Data that is already protected can be decrypted and verified without limit.',
    document: { ...initialPolicy, sunsets: classical.map(wayOut) },
    sources: [
      { rule: 'allowedAlgorithms', source: 'none: everything allowed today stays allowed' },
      { rule: 'fipsOnly', source: 'none: set it if the module is validated' },
      { rule: 'sunsets', source: 'NIST IR 8547 (initial public draft) §4.1; SP 800-57 part 1 r5 §5.6.3, table 4' },
    ],
  },
  {
    name: 'permissive-dev',
    title: 'Development',
    description:
      'Allows everything this installation can do, including keys in software, public keys of others, raw key encapsulation and data keys in plaintext. Not for production.',
    document: {
      ...initialPolicy,
      custody: ['token', 'wrapped', 'software', 'public'],
      rawKem: true,
      plaintextDataKeys: true,
    },
    sources: [
      { rule: 'allowedAlgorithms', source: 'none: for development' },
      { rule: 'fipsOnly', source: 'none: for development' },
      { rule: 'custody', source: 'none: for development' },
      { rule: 'rawKem', source: 'none: for development' },
      { rule: 'plaintextDataKeys', source: 'none: for development' },
    ],
  },
];
