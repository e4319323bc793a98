import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Stack, startStack } from '@ankasecure/local';
import { withManyKeys, withManyTenants } from './baseline/many.js';
import { spreadOf } from './baseline/spread.js';
import { startGenerator } from './generator/generator.js';
import { CpuMeter } from './machine/cpu-meter.js';
import { type Instruments, measure, type Row } from './measure.js';
import { operations } from './operation.js';
import { OutboxWatch } from './outbox-watch.js';
import { type Column, table } from './report/table.js';
import { type StagedOperation, setTheStage } from './stage.js';

/**
 * `npm run bench:many -- [--seconds N] [--repetitions N] [--clients N] [--keys N,N…] [--tenants N,N…]`: the CPU time that PostgreSQL
 * takes for one P-256 signature, its commit, delivery and sealing, with one key, with many keys of a tenant, and with a key in each of
 * many tenants. It counts processor time, so that it says the same on a machine that does other work too.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    repetitions: { type: 'string', default: '3' },
    clients: { type: 'string', default: '16' },
    keys: { type: 'string', default: '64,1000' },
    tenants: { type: 'string', default: '200' },
  },
});
const numbers = (text: string): readonly number[] =>
  text
    .split(',')
    .map(Number)
    .filter((count) => count > 0);
const [seconds, repetitions, clients] = [values.seconds, values.repetitions, values.clients].map(Number) as [
  number,
  number,
  number,
];

/** The most that commits and seals may take in PostgreSQL with many keys or tenants, as a multiple of one key. */
const aim = 1.1;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A load that is compared with the first one. */
interface Load {
  readonly name: string;
  readonly staged: StagedOperation;
  readonly rows: Measured[];
}

/** A measurement, with the transactions of each database for one request. */
interface Measured extends Row {
  readonly commits: Readonly<Record<string, number>>;
}

/** Transactions by database so far. A backend tells what it has done within a second. */
const commitsOf = async ({ postgres }: Stack): Promise<Record<string, number>> => {
  await delay(1500);
  const rows = await postgres.query('postgres', 'SELECT datname, xact_commit::int AS commits FROM pg_stat_database');
  return Object.fromEntries(rows.map(({ datname, commits }) => [String(datname), Number(commits)]));
};

const loadsOf = async (stack: Stack, { stage }: Instruments, staged: StagedOperation): Promise<readonly Load[]> => {
  const [keys, tenants] = [numbers(values.keys), numbers(values.tenants)];
  const some = ({ items, ...rest }: StagedOperation, count: number) => ({ ...rest, items: items.slice(0, count) });
  const ofKeys = await withManyKeys(stage, staged, Math.max(0, ...keys));
  const ofTenants = await withManyTenants(stack, stage, staged, Math.max(0, ...tenants));
  return [
    { name: 'one key', staged, rows: [] },
    ...keys.map((count) => ({ name: `${count} keys`, staged: some(ofKeys, count), rows: [] })),
    ...tenants.map((count) => ({ name: `${count} tenants`, staged: some(ofTenants, count), rows: [] })),
  ];
};

const ours = ['postgres', 'postgres ankadb_keys', 'postgres ankadb_audit', 'crypto-worker-1', 'audit'] as const;
/** What commits and seals. PostgreSQL's own processes, such as autovacuum after the keys were made, come and go. */
const backends = ['postgres ankadb_keys', 'postgres ankadb_audit'] as const;

/** Microseconds for one request in each repetition. */
const microsOf = (rows: readonly Row[], part: string): number[] => rows.map(({ cpu }) => (cpu[part] ?? 0) * 1000);

const ofBackends = ({ cpu }: Row): number => backends.reduce((sum, part) => sum + (cpu[part] ?? 0), 0);

const report = (loads: readonly Load[]): string => {
  const [one] = loads;
  const ratio = ({ rows }: Load): number =>
    spreadOf(
      rows.map((row, index) => {
        const alone = one?.rows[index];
        return alone === undefined ? Number.NaN : ofBackends(row) / ofBackends(alone);
      }),
    ).median;
  const columns: readonly Column<Load>[] = [
    { heading: 'load', of: ({ name }) => name },
    ...ours.map((part) => ({ heading: part, of: ({ rows }: Load) => spreadOf(microsOf(rows, part)).median })),
    ...['ankadb_keys', 'ankadb_audit'].map((name) => ({
      heading: `commits ${name}`,
      of: ({ rows }: Load) => spreadOf(rows.map(({ commits }) => commits[name] ?? Number.NaN)).median,
    })),
    { heading: 'requests/s', of: ({ rows }) => spreadOf(rows.map(({ perSecond }) => perSecond)).median },
    { heading: 'by one key', of: ratio },
  ];
  return table(`CPU microseconds for one signature, ${clients} clients (aim by one key: ≤ ${aim})`, columns, loads);
};

const dataDirectory = await mkdtemp(join(tmpdir(), 'anka-many-'));
const stack = await startStack({ dataDirectory, workers: 1 });
const generator = startGenerator();
try {
  const watch = await OutboxWatch.open(stack);
  const pids = { ...stack.pids(), 'load generator': generator.pid };
  const stage = await setTheStage(
    stack,
    operations.filter(({ name }) => name === 'p256-sign'),
  );
  const [staged] = stage.staged;
  if (staged === undefined) throw new Error('there is nothing to measure');
  const instruments: Instruments = { generator, cpu: new CpuMeter(() => pids), watch, stage, auditPids: () => [] };
  const loads = await loadsOf(stack, instruments, staged);
  const run = async ({ staged: of }: Load, forSeconds: number): Promise<Measured> => {
    const before = await commitsOf(stack);
    const row = await measure(instruments, of, { kind: 'closed', clients }, 1, forSeconds);
    const after = Object.entries(await commitsOf(stack));
    const commits = after.map(([name, count]) => [name, (count - (before[name] ?? 0)) / row.requests]);
    return { ...row, commits: Object.fromEntries(commits) as Record<string, number> };
  };
  // Lanes find each key in the token once, and statements are planned anew for some executions.
  for (const load of loads) await run(load, 2 * seconds);
  for (let repetition = 0; repetition < repetitions; repetition++)
    for (const load of loads) load.rows.push(await run(load, seconds));
  print(report(loads));
  await watch.close();
} finally {
  generator.stop();
  await stack.stop();
  await rm(dataDirectory, { recursive: true, force: true });
}
