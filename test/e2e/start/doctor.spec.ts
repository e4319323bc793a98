import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '@ankasecure/local';
import { createSoftHsmToken } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';

const program = join(repository, 'apps/crypto-worker/dist/doctor.js');

describe('the program hsm doctor', () => {
  const token = createSoftHsmToken();
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-doctor-'));
  const config = join(directory, 'application.yml');
  beforeAll(() => {
    const section = `{library-path: ${token.libraryPath}, token-label: ${token.tokenLabel}, pin: "\${pkcs11_pin}"}`;
    writeFileSync(config, `ankasecure: {hsm: {pkcs11: ${section}}}\n`);
    writeFileSync(join(directory, 'pkcs11_pin'), `${token.pin}\n`);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
    token.remove();
  });

  interface Running {
    readonly child: ChildProcess;
    readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
    /** Resolves when a line of its progress ends so. */
    reaches(step: string): Promise<void>;
  }

  const start = (...args: string[]): Running => {
    const child = spawn(process.execPath, [program, '--config', config, ...args], {
      env: { ...process.env, ...token.env, ANKASECURE_SECRETS: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, progress] = ['', ''];
    const waiting = new Map<string, () => void>();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      progress += text;
      for (const [step, resolve] of waiting) if (progress.includes(`${step}\n`)) resolve();
    });
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said: out }));
    return { child, ended, reaches: (step) => new Promise((resolve) => waiting.set(step, resolve)) };
  };

  /** The keys on the token. A process that is killed while SoftHSM writes may leave an object without a key in it. */
  const keys = async () =>
    (await tokenObjects({ ...token, tokenSerial: token.serial })).filter(({ holdsKey }) => holdsKey);

  const some = ['--quick', '--only', 'EC-P256,HMAC-SHA256,AES-256'];

  it('reads the PIN from its secret file, finds all in order and exits with 0', async () => {
    const { code, said } = await start(...some).ended;
    expect(said).toMatch(/^OK: /m);
    expect(code).toBe(0);
    expect(said).not.toContain(token.pin);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is stopped by %s after the key under way, although a terminal and npm send two signals',
    async (signal) => {
      const doctor = start(...some);
      await doctor.reaches('EC-P256 sign token');
      doctor.child.kill(signal);
      doctor.child.kill(signal);
      const { code, said } = await doctor.ended;
      expect(said).toMatch(/^STOPPED: /m);
      expect(code).toBe(1);
      expect(await keys()).toEqual([]);
    },
  );

  it('removes what a killed run left', async () => {
    for (const step of ['EC-P256 sign token', 'AES-256 encrypt dir token', 'HMAC-SHA256 mac token']) {
      const doctor = start(...some);
      await doctor.reaches(step);
      doctor.child.kill('SIGKILL');
      await doctor.ended;
    }
    const { code, said } = await start(...some).ended;
    expect({ code, verdict: /^OK: /m.test(said) }, said).toEqual({ code: 0, verdict: true });
    expect(await keys()).toEqual([]);
  });

  it('prints its options, and refuses those that it does not have', async () => {
    const { code, said } = await start('--help').ended;
    expect(said).toMatch(/^Usage: hsm doctor /);
    for (const option of ['--json', '--matrix', '--quick', '--no-login', '--log-in-anyway', '--partition'])
      expect(said).toContain(option);
    expect(code).toBe(0);
    expect((await start('--colour').ended).code).toBe(1);
  });
});
