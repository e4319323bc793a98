import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isListening, repository } from '@ankasecure/local';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'anka-start-'));
const dataDirectory = join(directory, 'data');
/** The token's directory, and a copy of it from the first run. */
const [token, olderToken] = [join(dataDirectory, 'softhsm'), join(directory, 'older-token')];
const program = join(repository, 'deploy/local/dist/start.js');

const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Runs the compiled `npm start` until it exits. */
const start = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [program, '--data', dataDirectory, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // A busy machine takes minutes to start. A process that has ended says nothing more.
  const said = async (text: string): Promise<void> => {
    while (!output.text.includes(text) && child.exitCode === null && child.signalCode === null) await delay(50);
    expect(output.text).toContain(text);
  };
  return { child, output, exited, said };
};

/** The lines of every service's log from the level `error` on. */
const errorsLogged = (): string[] => {
  const logs = join(dataDirectory, 'logs');
  const lines = readdirSync(logs).flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'));
  return lines.filter((line) => /^\{"level":[5-9]0,/.test(line));
};

const ports = (): number[] =>
  Object.values(JSON.parse(readFileSync(join(dataDirectory, 'ports.json'), 'utf8')) as Record<string, number>);
const listening = async (): Promise<boolean[]> => Promise.all(ports().map(isListening));

/** In milliseconds: reached only by a start that hangs, on a machine with many times its load. */
const timeout = 1_200_000;

describe('npm start', { timeout }, () => {
  it('runs the main job once, prints each step with its time, and leaves nothing running', async () => {
    const { output, exited } = start('--once');
    expect(await exited, output.text).toBe(0);
    cpSync(token, olderToken, { recursive: true });
    const steps = [
      'tenant "demo"',
      'for encryption',
      'encrypt',
      'decrypt in the HSM',
      'with the jose package',
      'sign in the HSM',
      'verify',
      'sealed audit events',
      'audit trail',
    ];
    for (const step of steps) expect(output.text).toMatch(new RegExp(`^ {2}.*${step}.* \\d+\\.\\d\\d s$`, 'm'));
    expect(await listening()).not.toContain(true);
    expect(errorsLogged()).toEqual([]);
  });

  it('starts again on the same data, answers the commands that it prints, and stops on Ctrl-C', async () => {
    const { child, output, exited, said } = start();
    await said('Press Ctrl-C to stop everything.');
    expect(output.text).toMatch(/Ready after [\d.]+ s/);
    const curl = /^ {2}(curl .*)$/m.exec(output.text)?.[1] ?? '';
    const { stdout } = await run('bash', ['-c', curl]);
    expect(JSON.parse(stdout)).toMatchObject({ alg: 'ES256', custody: 'token' });
    const [encrypt = '', decrypt = ''] = [...output.text.matchAll(/^ {2}(.*npx --no-install ankasecure .*)$/gm)].map(
      ([, line]) => line,
    );
    const shown = `cd ${repository} && ${encrypt.replace('readme.jwe', `${directory}/readme.jwe`)} && `;
    const opened = await run('bash', ['-c', shown + decrypt.replace('readme.jwe', `${directory}/readme.jwe`)]);
    expect(opened.stdout).toBe(readFileSync(join(repository, 'README.md'), 'utf8'));
    const [, baseUrl = ''] = /ready at (\S+)/.exec(output.text) ?? [];
    for (const path of ['/docs', '/api/v1/openapi.json']) expect((await fetch(baseUrl + path)).status).toBe(200);

    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output.text).toContain(`AnkaSecure already runs from ${dataDirectory} (process ${child.pid})`);

    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await exited, output.text).toBe(0);
    expect(output.text).toContain('everything stopped');
    expect(await listening()).not.toContain(true);
  });

  it('restarts a service that ended by itself', async () => {
    const { child, exited, said } = start();
    await said('Press Ctrl-C to stop everything.');
    const processes = readFileSync(join(dataDirectory, 'processes'), 'utf8').trim().split('\n');
    const worker = processes
      .map((line) => JSON.parse(line) as { name: string; pid: number })
      .find(({ name }) => name === 'crypto-worker-1');
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await said('crypto-worker-1 ended by itself (SIGKILL); restarting it');
    await said('crypto-worker-1 is ready again');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('leaves nothing running when it is killed', async () => {
    const { child, said } = start();
    await said('Press Ctrl-C to stop everything.');
    child.kill('SIGKILL');
    await expect.poll(listening).not.toContain(true);
  });

  it('stays up when the audit trails must be accepted, and says how', async () => {
    rmSync(token, { recursive: true });
    cpSync(olderToken, token, { recursive: true });
    const once = start('--once');
    expect(await once.exited).toBe(1);
    expect(once.output.text).toContain('Run npm start without --once');
    const { child, output, exited, said } = start();
    await said('The services stay up. Press Ctrl-C to stop everything');
    expect(output.text).toContain('The audit trails do not match the HSM');
    const [foresee = '', accept = ''] = output.text.match(/^ {2}curl .*$/gm) ?? [];
    const answerOf = async (curl: string): Promise<unknown> => JSON.parse((await run('bash', ['-c', curl])).stdout);
    expect(await answerOf(foresee)).toEqual({ dryRun: true, operation: 'trail.accept', succeeds: true });
    const reason = expect.stringContaining('The HSM is older than ankadb_audit') as unknown;
    expect(await answerOf(accept)).toEqual({ accepted: true, reason, refused: [] });
    child.kill('SIGINT');
    expect(await exited, output.text).toBe(0);
    const again = start('--once');
    expect(await again.exited, again.output.text).toBe(0);
  });

  it('explains an unknown option, and starts nothing', async () => {
    const { output, exited } = start('--frehs');
    expect(await exited).toBe(1);
    expect(output.text).toContain("Unknown option '--frehs'");
    expect(output.text).not.toContain('Starting');
  });
});
