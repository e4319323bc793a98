import type { DoctorReport, Finding, KeyRow } from '@ankasecure/contracts';
import { matrixText } from './matrix.js';
import { table } from './table.js';

export interface Printing {
  readonly matrix: boolean;
  readonly mechanisms: boolean;
  readonly colours: boolean;
}

type Paint = (text: string) => string;

const painter = (colours: boolean, code: number): Paint =>
  colours ? (text) => `\x1b[${code}m${text}\x1b[0m` : (text) => text;

const tokenName = ({ label, serialNumber, flags }: DoctorReport['slots'][number]): string =>
  flags.includes('tokenInitialized') ? `“${label}” (${serialNumber})` : 'one that is not initialised';

/** A token without a limit reports 0. */
const pinLength = ({ minPinLength, maxPinLength }: NonNullable<DoctorReport['token']>): string =>
  maxPinLength === 0 ? `${minPinLength} bytes or more` : `${minPinLength} to ${maxPinLength} bytes`;

const libraryText = ({ library, token, slots }: DoctorReport): string => {
  const rows: [string, string][] = [];
  if (library !== null) {
    const { path, description, manufacturer, version, cryptoki, interfaces } = library;
    const shown =
      interfaces?.map((row) => `${row.name} ${row.version}`).join(', ') ?? 'v2.40 alone (no C_GetInterfaceList)';
    rows.push(['library', path], ['', `${manufacturer} ${description} ${version}, PKCS#11 ${cryptoki}`]);
    rows.push(['interfaces', shown]);
    rows.push(['tokens', slots.map(tokenName).join(', ') || 'none']);
  }
  if (token !== null) {
    rows.push(['slot', `index ${token.index}: ${token.description}`]);
    rows.push(['token', `“${token.label}”, serial ${token.serialNumber}, ${token.manufacturer} ${token.model}`]);
    rows.push(['firmware', `${token.firmware}, hardware ${token.hardware}`]);
    rows.push(['flags', token.flags.join(' ')]);
    rows.push(['PIN length', pinLength(token)]);
  }
  return table(['', ''], rows).split('\n').slice(2).join('\n');
};

const profileText = ({ profile }: DoctorReport): string => {
  if (profile === null) return '';
  const { used, configured, evidence, fits, differences } = profile;
  const chosen = configured === null ? 'recognised' : 'configured';
  const lines = [
    `profile     ${used} (${chosen}; ${evidence === 'run' ? 'checked on this product' : 'from the vendor’s documents'})`,
  ];
  if (differences.length > 0) {
    lines.push(`            ${fits} fits better:`);
    lines.push(...differences.map((row) => `              ${row.property}: ${row.used}, ${fits} has ${row.fits}`));
  }
  return lines.join('\n');
};

const marks: Readonly<Record<KeyRow['outcome'], string>> = {
  works: '✓ works',
  fails: '✗ fails',
  lacking: '– not offered by the token',
  'not-wrapped': '– the token does not wrap it',
  skipped: '· skipped',
};

const time = (ms: number | undefined): string => (ms === undefined ? '' : ms.toFixed(1));

const keysText = ({ keys }: DoctorReport, red: Paint): string => {
  const rows = keys.map(({ algorithm, purpose, custody, outcome, algs, ms }) => [
    algorithm,
    purpose,
    outcome === 'lacking' ? '' : custody,
    algs.map(({ alg }) => alg).join(' '),
    time(ms.generate),
    time(ms.use),
    time(ms.destroy),
    time(ms.test),
    marks[outcome],
  ]);
  const head = [
    'Key',
    'Purpose',
    'Custody',
    'Used with',
    'Generate ms',
    'Use ms',
    'Destroy ms',
    'All in one ms',
    'Outcome',
  ];
  return table(head, rows)
    .split('\n')
    .map((line) => (line.endsWith(marks.fails) ? red(line) : line))
    .join('\n');
};

const mechanismsText = ({ mechanisms }: DoctorReport): string =>
  table(
    ['Mechanism', 'Number', 'Key sizes', 'Flags'],
    mechanisms.map(({ name, number, minKeySize, maxKeySize, flags }) => [
      name,
      `0x${number.toString(16)}`,
      maxKeySize === 0 ? '' : `${minKeySize}–${maxKeySize}`,
      flags.join(' '),
    ]),
  );

const findingText = ({ level, about, problem, remedy }: Finding, red: Paint): string => {
  const said = `${level === 'red' ? '✗' : '!'} ${about}: ${problem}`;
  return `${level === 'red' ? red(said) : said}\n    → ${remedy}`;
};

const verdict = ({ ok, keys, findings, stopped }: DoctorReport): string => {
  const count = (outcome: KeyRow['outcome']): number => keys.filter((row) => row.outcome === outcome).length;
  const reds = findings.filter(({ level }) => level === 'red').length;
  const numbers = `${count('works')} keys work, ${count('fails')} fail, ${count('not-wrapped')} are not wrapped, ${count('lacking')} are not offered, ${count('skipped')} were skipped`;
  return `${ok ? 'OK' : stopped ? 'STOPPED' : 'NOT OK'}: ${numbers}; ${reds} red`;
};

/** The report for people. */
export const reportText = (report: DoctorReport, { matrix, mechanisms, colours }: Printing): string => {
  const red = painter(colours, 31);
  const green = painter(colours, 32);
  const parts = [
    `Partition ${report.partition}`,
    [libraryText(report), profileText(report)].filter((text) => text !== '').join('\n'),
    mechanisms && report.mechanisms.length > 0 ? mechanismsText(report) : '',
    matrix ? matrixText(report) : report.keys.length > 0 ? keysText(report, red) : '',
    report.findings.map((finding) => findingText(finding, red)).join('\n'),
    (report.ok ? green : red)(verdict(report)),
  ];
  return `${parts.filter((text) => text !== '').join('\n\n')}\n`;
};
