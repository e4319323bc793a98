import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildAll } from './build.mjs';
import { BootstrapError } from './command.mjs';

/**
 * Runs a Node program of node_modules with its output shown.
 * @returns {Promise<{code: number, tail: string}>}
 */
const show = (repository, node, program, args, extra = {}) =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      PATH: `${dirname(node)}:${process.env.PATH}`,
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      // Hundreds of processes load the same packages.
      NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/ankasecure/compiled'),
      ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
      ...extra,
    };
    const child = spawn(node, [join(repository, 'node_modules/.bin', program), ...args], {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let tail = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      tail = (tail + chunk).slice(-4000);
    });
    child.once('close', (code) => resolve({ code: code ?? 1, tail }));
  });

/** What a run counted: as its closing line says, and a failure if there is none or the run failed in spite of it. */
const countOf = ({ code, tail }) => {
  const [passed, failed, skipped = 0] = [...tail.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)]
    .at(-1)
    ?.slice(1)
    .map((text) => Number(text ?? 0)) ?? [0, 1];
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1), skipped };
};

/** Ends with the closing line of all runs. @returns {number} the exit code */
const finish = (...runs) => {
  const counts = runs.map(countOf);
  const sum = (name) => counts.reduce((total, count) => total + count[name], 0);
  const skipped = sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`;
  const line = `${sum('passed')} passed, ${sum('failed')} failed${skipped}`;
  if (runs.at(-1).tail.trimEnd().split('\n').at(-1) !== line) process.stdout.write(`\n${line}\n`);
  return runs.find(({ code }) => code !== 0)?.code ?? 0;
};

const vitest = (repository, node, args, env) =>
  show(repository, node, 'vitest', ['run', '--config', '.config/vitest.config.ts', ...args], env);

/** One failure, of a step that counts no tests. */
const failure = { code: 1, tail: '' };

/**
 * The default selection, which leaves out the long suites. The second run has stacks, which would take processors from the
 * first. Arguments of the user replace it.
 */
const everyday = [
  ['--project=hsm', '--project=part'],
  ['--project=e2e', '--project=start'],
];

/**
 * Runs type check, format check, lint and every test except those of the functions below. Arguments go to vitest. The lint takes
 * one processor for a minute, beside the compiler and the first tests, which leave one free.
 * @returns {Promise<number>} the exit code
 */
export const test = async ({ repository, node, args }) => {
  const checking = show(repository, node, 'nx', ['lint', '--outputStyle=static']);
  const compiled = await buildAll(repository, node).then(
    () => ({ code: 0, tail: '' }),
    (error) => {
      if (!(error instanceof BootstrapError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return failure;
    },
  );
  const runs = [];
  for (const selection of compiled.code !== 0 ? [] : args.length > 0 ? [args] : everyday) {
    runs.push(await vitest(repository, node, selection));
    if ((await checking).code !== 0) break;
  }
  const checked = await checking;
  return finish(...runs, ...[compiled, checked].filter(({ code }) => code !== 0).map(() => failure));
};

const suite =
  (projects, setting) =>
  ({ repository, node, args }) => {
    const selection = [projects].flat().map((project) => `--project=${project}`);
    if (setting === undefined) return vitest(repository, node, [...selection, ...args]).then(finish);
    const [value = setting.default, ...rest] = args;
    return vitest(repository, node, [...selection, ...rest], { [setting.variable]: value }).then(finish);
  };

/** Runs the specs that take longest: whole starts, stacks of their own, the largest data, random calls, backlogs and silence. */
export const testLong = suite(['long-part', 'long-hsm', 'long', 'long-start']);

/** Runs the end-to-end specs that attack a stack: forged records and trails, races, bad input, wrong clocks, searches for secrets. */
export const testAttack = suite('attack');

/** Runs outages, and kills services at random points: a thousand times for `npm run test:kill -- 1000`. */
export const testKill = suite('fault', { variable: 'ANKASECURE_KILLS', default: '200' });

/** Runs the fault matrix: every part and fault, or with `short` the rows that CI runs. */
export const testFaults = suite('faults', { variable: 'ANKASECURE_FAULTS', default: 'full' });

/** Runs the drill: restores databases from older backups, by the recipe of `deploy/backup.md`. */
export const testDrill = suite('drill');

/**
 * Runs the suites of the token with PKCS#11 3.2: those of the custody that also run on SoftHSM, and a stack with both tokens.
 * The token is built first, once.
 */
export const testPq = suite(['pq', 'pq-stack']);

const vendorProjects = ['hsm', 'long-hsm', 'pq'].map((project) => `--project=${project}`);

/** Runs the suites under the limits of every vendor's HSM, with every algorithm, on SoftHSM and on the token with PKCS#11 3.2. */
export const testVendors = ({ repository, node, args }) =>
  vitest(repository, node, [...vendorProjects, 'vendor-profile', 'vendor-offer', 'vendor-doctor', ...args], {
    ANKASECURE_VENDORS: 'whole',
  }).then(finish);

/** Runs default clients of other ecosystems against a stack. It installs their libraries first, or says what is missing. */
export const testInterop = suite('interop');

/** Checks the alert rules, their tests and the dashboard of `deploy/monitoring` by promtool, which it downloads if it is missing. */
export const testMonitoring = suite('monitoring');
