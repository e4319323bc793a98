import { type AlgorithmName, algorithmNames, algorithmOf } from '@ankasecure/algorithm';
import type { DoctorReport } from '@ankasecure/contracts';
import { kindOf } from '../../custody/pkcs11/kind/kinds.js';
import { table } from './table.js';

/** The mechanisms of PKCS#11 v3.2 for post-quantum keys, with the standard that each implements. */
const mechanisms = [
  { name: 'ML_KEM_KEY_PAIR_GEN', number: 0x0f, standard: 'FIPS 203' },
  { name: 'ML_KEM', number: 0x17, standard: 'FIPS 203' },
  { name: 'ML_DSA_KEY_PAIR_GEN', number: 0x1c, standard: 'FIPS 204' },
  { name: 'ML_DSA', number: 0x1d, standard: 'FIPS 204' },
  { name: 'SLH_DSA_KEY_PAIR_GEN', number: 0x2d, standard: 'FIPS 205' },
  { name: 'SLH_DSA', number: 0x2e, standard: 'FIPS 205' },
] as const;

/** Quantum-safe pairs of keys. Quantum-safe secret keys need nothing new of a token. */
const isPostQuantum = (name: string): boolean =>
  algorithmNames.includes(name as AlgorithmName) &&
  algorithmOf(name as AlgorithmName).quantumSafe &&
  kindOf(algorithmOf(name as AlgorithmName)).pair;

const versionOf = ({ library }: DoctorReport): string => {
  const rows = library?.interfaces ?? [];
  return rows.length === 0
    ? (library?.cryptoki ?? '?')
    : rows.map(({ name, version }) => `${name} ${version}`).join(', ');
};

const has32 = ({ library }: DoctorReport): boolean =>
  (library?.interfaces ?? []).some(({ name, version }) => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return name === 'PKCS 11' && (major > 3 || (major === 3 && minor >= 2));
  });

/** One row of a table of HSMs' post-quantum support, in full: the device, its interfaces, its mechanisms, and each key tried. */
export const matrixText = (report: DoctorReport): string => {
  const { token, library } = report;
  if (token === null || library === null) return 'No token was found.';
  const listed = new Map(report.mechanisms.map((row) => [row.number, row]));
  const device = [
    ['device', `${token.manufacturer} ${token.model}`.trim()],
    ['firmware', token.firmware],
    ['library', `${library.description} ${library.version}`.trim()],
    ['interfaces', versionOf(report)],
    ['C_EncapsulateKey', has32(report) ? 'PKCS#11 3.2' : library.hasVendorKem ? 'vendor exports' : 'no'],
  ];
  const mechanismRows = mechanisms.map(({ name, number, standard }) => {
    const found = listed.get(number);
    return [name, standard, found ? 'yes' : 'no', found?.flags.join(' ') ?? ''];
  });
  const keyRows = report.keys
    .filter(({ algorithm }) => isPostQuantum(algorithm))
    .map(({ algorithm, purpose, custody, outcome, ms }) => [
      algorithm,
      purpose,
      custody,
      outcome,
      ms.generate?.toFixed(1) ?? '',
      ms.use?.toFixed(1) ?? ms.test?.toFixed(1) ?? '',
    ]);
  return [
    table(['', ''], device).split('\n').slice(2).join('\n'),
    table(['Mechanism', 'Standard', 'Listed', 'Flags'], mechanismRows),
    keyRows.length === 0
      ? 'No post-quantum key was tried.'
      : table(['Key', 'Purpose', 'Custody', 'Outcome', 'Generate ms', 'Use ms'], keyRows),
  ].join('\n\n');
};
