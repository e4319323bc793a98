// npm start, npm test, npm run test:kill and npm run bench start here, on any Node ≥ 20 and without any package. This
// program installs what is missing, compiles what has changed, and hands over to Node 24.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildAll, buildStack } from './bootstrap/build.mjs';
import { BootstrapError } from './bootstrap/command.mjs';
import { buildKryoptic } from './bootstrap/kryoptic.mjs';
import { holdLock } from './bootstrap/lock.mjs';
import { areModulesCurrent, findNode, installModules } from './bootstrap/modules.mjs';
import { step, useStandardError } from './bootstrap/progress.mjs';
import { checkPlatform, prepareSystem } from './bootstrap/system.mjs';
import {
  test,
  testAttack,
  testDrill,
  testFaults,
  testInterop,
  testKill,
  testLong,
  testMonitoring,
  testPq,
  testVendors,
} from './bootstrap/test.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a compiled program to its end and forwards signals to it. If this process dies, the program sees its channel close. */
const program =
  (file) =>
  async ({ node, args }) => {
    const child = spawn(node, ['--enable-source-maps', join(repository, file), ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    const [code] = await once(child, 'exit');
    return code ?? 1;
  };

/** Whether the user asked for the kryoptic token, which is built before its first use. */
const asksForKryoptic = (args) => /--token[= ]kryoptic\b/.test(args.join(' '));

const commands = {
  start: { build: buildStack, run: program('deploy/local/dist/start.js'), kryoptic: asksForKryoptic },
  bench: { build: buildAll, run: program('test/dist/load/bench.js') },
  'bench:fair': { build: buildAll, run: program('test/dist/load/fairness.js') },
  'bench:latency': { build: buildAll, run: program('test/dist/load/latency.js') },
  'bench:many': { build: buildAll, run: program('test/dist/load/many.js') },
  'test:compose': { build: buildAll, run: program('test/dist/compose/main.js') },
  'bench:sdk': { build: buildAll, run: program('test/dist/load/sdk.js') },
  'bench:wrapped': { build: buildAll, run: program('test/dist/load/wrapped.js') },
  test: { run: test },
  'test:long': { build: buildAll, run: testLong },
  'test:attack': { build: buildAll, run: testAttack },
  'test:kill': { build: buildAll, run: testKill },
  'test:faults': { build: buildAll, run: testFaults },
  'test:drill': { build: buildAll, run: testDrill },
  'test:pq': { build: buildAll, run: testPq, kryoptic: () => true },
  'test:vendors': { build: buildAll, run: testVendors, kryoptic: () => true },
  // It runs on a machine with an HSM's client and nothing else, and what it prints may be read by a program.
  'hsm-doctor': { build: buildStack, run: program('apps/crypto-worker/dist/doctor.js'), isAlone: true },
  'test:interop': { build: buildAll, run: testInterop, kryoptic: () => true },
  'test:monitoring': { build: buildAll, run: testMonitoring },
};

/** Prevents two runs in one clone from installing or compiling at the same time. */
const alone = async (work) => {
  let release = await holdLock(`${repository} prepare`);
  if (release === undefined)
    await step('wait for another run in this clone to prepare', async () => {
      while ((release = await holdLock(`${repository} prepare`)) === undefined) await delay(200);
    });
  try {
    return await work();
  } finally {
    release();
  }
};

const prepare = async ({ build, isAlone = false }) => {
  const current = areModulesCurrent(repository);
  await prepareSystem({ withStack: !isAlone, withCompiler: !current });
  if (!current) await installModules(repository);
  const node = findNode(repository);
  await build?.(repository, node);
  return node;
};

const [name, ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined)
    throw new BootstrapError(`usage: bootstrap.mjs <${Object.keys(commands).join('|')}> [arguments]`);
  checkPlatform();
  if (command.isAlone) useStandardError();
  const node = await alone(() => prepare(command));
  if (command.kryoptic?.(args)) await buildKryoptic(repository);
  process.exitCode = await command.run({ repository, node, args });
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  if (name?.startsWith('test')) process.stdout.write('\n0 passed, 1 failed\n');
  process.exitCode = 1;
}
