import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalError, type Stack, startStack } from '@ankasecure/local';
import { type Cell, nameOfLoad } from './baseline/alternate.js';
import { extentOf, measureBaselines } from './baseline/baselines.js';
import { type Generator, startGenerator } from './generator/generator.js';
import { CpuMeter } from './machine/cpu-meter.js';
import { memoryOf } from './machine/process-tree.js';
import { type Instruments, measure, type Row } from './measure.js';
import { operations } from './operation.js';
import { durationsOf, type Options, readOptions, usage } from './option.js';
import { OutboxWatch } from './outbox-watch.js';
import { type MeasuredOperation, measureOperation } from './plan.js';
import { openRawToken, type RawToken } from './raw-token.js';
import { type AuditCount, type Findings, reportOf, sealingRate } from './report/report.js';
import { setTheStage } from './stage.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const print = (text: string): void => void process.stdout.write(`${text}\n`);

const startBenchStack = ({ workers, lanes, profile }: Options, profiles: string): Promise<Stack> => {
  const nodeFlags = profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const hsm = lanes === undefined ? {} : { hsm: { pkcs11: { 'session-pool-size': lanes } } };
  return startStack({
    dataDirectory: join(repository, 'reports', 'bench', 'data'),
    fresh: true,
    workers,
    services: { gateway: { nodeFlags }, audit: { nodeFlags }, 'crypto-worker': { nodeFlags, configuration: hsm } },
    step: (what, work) => {
      print(`  ${what}`);
      return work();
    },
    onUnexpectedExit: (name, how) => print(`${name} ended by itself (${how}): the figures are worth nothing`),
  });
};

const machine = (): Findings['machine'] => ({
  cpus: cpus().length,
  model: cpus()[0]?.model ?? '',
  memoryMiB: Math.round(totalmem() / 1024 ** 2),
  kernel: release(),
  node: process.version,
});

const sayRow = (row: Row): void => {
  const how = row.shape.kind === 'open' ? 'open' : `${row.shape.clients}`;
  const rate = row.batch > 1 ? `${row.itemsPerSecond.toFixed(0)} items/s` : `${row.perSecond.toFixed(0)}/s`;
  print(`  ${row.operation.padEnd(16)} ${`${how} × ${row.batch}`.padEnd(10)} ${rate.padStart(15)}`);
};

const sayCell = ({ round, contestant, load, itemsPerSecond }: Cell): void =>
  print(
    `  ${round.padEnd(16)} ${nameOfLoad(load).padEnd(16)} ${contestant.padEnd(20)} ${itemsPerSecond.toFixed(0).padStart(8)} items/s`,
  );

const countAudit = async ({ watch, stage }: Instruments, rows: readonly Row[]): Promise<AuditCount> => {
  await watch.drained();
  const sealed = await watch.sealed(stage.tenantIds);
  return {
    requests: stage.expected.total,
    sealed: stage.expected.operations.reduce((sum, operation) => sum + (sealed[operation] ?? 0), 0),
    largestBacklog: Math.max(0, ...rows.map(({ drain }) => drain.backlog)),
    sealedPerSecond: sealingRate(rows),
  };
};

const measureAll = async (options: Options, stack: Stack, generator: Generator, raw: RawToken): Promise<Findings> => {
  const durations = durationsOf(options);
  const extent = extentOf(options.quick);
  const wanted = operations.filter(({ name }) =>
    options.baselines ? extent.operations.includes(name) : options.only.length === 0 || options.only.includes(name),
  );
  const names = wanted.map(({ name }) => name);
  const watch = await OutboxWatch.open(stack);
  const pids = { ...stack.pids(), 'load generator': generator.pid, benchmark: process.pid };
  const stage = await setTheStage(stack, wanted);
  const auditPids = (): number[] => [stack.pids()['audit'] ?? []].flat();
  const instruments: Instruments = { generator, cpu: new CpuMeter(() => pids), watch, stage, auditPids };

  const inThread = await raw.inThread(names, durations.thread);
  for (const staged of stage.staged)
    await measure(instruments, staged, { kind: 'closed', clients: 16 }, 1, durations.warmUp / stage.staged.length);
  const measured: MeasuredOperation[] = [];
  if (!options.baselines)
    for (const staged of stage.staged)
      measured.push(await measureOperation(instruments, raw, staged, durations, sayRow));
  const cells = await measureBaselines(instruments, { stack, raw, extent, said: sayCell });

  const rest = measured.flatMap((one) => one.rest);
  const audit = await countAudit(instruments, rest);
  const memory = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, memoryOf(pid)]));
  await watch.close();
  const rawResults = names.flatMap((name) =>
    [...inThread, ...measured.flatMap((one) => one.raw)].filter((one) => one.operation === name),
  );
  return { at: new Date().toISOString(), machine: machine(), options, raw: rawResults, rest, memory, audit, cells };
};

const bench = async (options: Options): Promise<number> => {
  const time = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const file = options.json ?? join(repository, 'reports', 'bench', `${time}.json`);
  const profiles = `${file.replace(/\.json$/, '')}-profiles`;
  mkdirSync(dirname(file), { recursive: true });
  const stack = await startBenchStack(options, profiles);
  const generator = startGenerator();
  const raw = openRawToken(stack);
  try {
    const { document, text } = reportOf(await measureAll(options, stack, generator, raw));
    writeFileSync(file, `${JSON.stringify(document, null, 1)}\n`);
    print(`${text}\n\nFigures: ${file}${options.profile ? `\nProfiles: ${profiles}` : ''}`);
    return document.audit.requests === document.audit.sealed ? 0 : 1;
  } finally {
    generator.stop();
    await raw.stop();
    await stack.stop();
  }
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) print(usage);
  process.exit(options.help ? 0 : await bench(options));
} catch (error) {
  process.stderr.write(`${error instanceof LocalError ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
}
