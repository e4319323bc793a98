import type { Cell } from '../baseline/alternate.js';
import type { Memory } from '../machine/process-tree.js';
import type { RawResult } from '../raw-token.js';
import { baselineAims } from './baseline-aim.js';
import type { Ratio } from './ratio.js';

export interface Aim {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)} %`;
const ms = (value: number): string => `${value.toFixed(2)} ms`;

const aim = (what: string, wanted: string, measured: string, met: boolean): Aim => ({ what, wanted, measured, met });

const perRatio = (ratio: Ratio): Aim[] => [
  aim(`${ratio.operation}: added by us, p50 at one client`, '≤ 1 ms', ms(ratio.addedP50), ratio.addedP50 <= 1),
  aim(`${ratio.operation}: p99 at 70 % load`, '≤ 5 ms', ms(ratio.openP99), ratio.openP99 <= 5),
  aim(
    `${ratio.operation}: that p99 of the one with the audit service frozen`,
    '≤ 1.2',
    ratio.openP99OfFrozen.toFixed(2),
    ratio.openP99OfFrozen <= 1.2,
  ),
  aim(
    `${ratio.operation}: CPU a request besides the token's (16 clients)`,
    '≤ 0.4 ms',
    ms(ratio.cpuBesidesToken),
    ratio.cpuBesidesToken <= 0.4,
  ),
];

/** What aims are read from. */
export interface Aimed {
  readonly ratios: readonly Ratio[];
  readonly memory: Readonly<Record<string, Memory>>;
  readonly cells: readonly Cell[];
  readonly raw: readonly RawResult[];
}

/** The product's targets beside this run's figures. */
export const aimsOf = ({ ratios, memory, cells, raw }: Aimed): readonly Aim[] => {
  const rsa = ratios.find(({ operation }) => operation === 'rsa-2048-sign');
  const p256 = ratios.find(({ operation }) => operation === 'p256-sign');
  const heavy = Object.entries(memory).filter(([name]) => /^(gateway|audit|crypto-worker.*)$/.test(name));
  return [
    ...baselineAims(cells, raw),
    ...ratios.flatMap(perRatio),
    ...(rsa ? [aim('RSA-2048 of raw', '≥ 70 %', percent(rsa.singleRatio), rsa.singleRatio >= 0.7)] : []),
    ...(p256
      ? [aim('P-256 in batches of 100 of raw', '≥ 80 %', percent(p256.batchRatio), p256.batchRatio >= 0.8)]
      : []),
    ...heavy.map(([name, { peak }]) =>
      aim(`${name}: resident memory, peak`, '< 200 MiB', `${peak.toFixed(0)} MiB`, peak < 200),
    ),
  ];
};

/** Figures measured elsewhere on two cores. They are for orientation and never used for a ratio. */
export const references: readonly (readonly [string, string])[] = [
  ['OpenBao Transit, P-256 sign, 16 clients', '4.4k/s, p50 3.1 ms, p99 33 ms'],
  ['OpenBao Transit, P-256 sign, one client', '2.0k/s'],
  ['OpenBao Transit, RSA-2048 sign', '1.1k/s'],
  ['OpenBao Transit, encrypt 1 KiB', '3.8k/s'],
  ['OpenBao Transit, batches of 100', '15–19k items/s'],
  ['Cosmian KMS, encrypt', '1.2k/s'],
  ['Cosmian KMS, RSA-2048 sign', '0.87k/s'],
];
