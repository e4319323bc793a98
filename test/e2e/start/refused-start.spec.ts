import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import { freePort, repository } from '@ankasecure/local';
import { type ExitReason, exitCodes } from '@ankasecure/service-kit';
import { makeIdentity } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { CopiedProcess, endingOf } from './copied-process.js';
import { type Fault, faults } from './refused-start.js';

/** How a process ends that has started, or that cannot be made to fail so: other specs show these. */
const elsewhere: readonly ExitReason[] = ['stopped', 'other', 'hsmLost'];

const servicesOf = ({ reason, services = exitCodes[reason].services }: Fault): readonly Service[] => services;

describe('a service that cannot start', () => {
  let rig: OwnRig;
  let otherAuthority: string;
  beforeAll(async () => {
    rig = await startOwnRig({ workers: 1 });
    otherAuthority = (await makeIdentity()).cert;
  });
  afterAll(() => rig.stop());

  it('has a fault here for every exit code and each of its services', () => {
    for (const [reason, { services }] of Object.entries(exitCodes)) {
      if (elsewhere.includes(reason as ExitReason)) continue;
      const covered = faults.filter((fault) => fault.reason === reason).flatMap(servicesOf);
      expect([...new Set(covered)].toSorted(), reason).toEqual([...services].toSorted());
    }
  });

  const rows = faults.flatMap((fault) => servicesOf(fault).map((service) => [service, fault.name, fault] as const));
  const expectToEnd = async (service: Service, fault: Fault): Promise<void> => {
    const faulty = new CopiedProcess(rig, service);
    try {
      await faulty.prepare();
      if (service === 'gateway') faulty.files.set('http.port', await freePort());
      faulty.files.file('other-ca.pem', otherAuthority);
      await fault.make(faulty.files);
      const { code, stdout, stderr } = await endingOf(faulty.start());
      expect(stderr).toMatch(/^[a-z-]+ cannot start: [^\n]+\n$/);
      expect(stderr).toMatch(fault.says);
      expect(code).toBe(exitCodes[fault.reason].code);
      expect(stdout + stderr).not.toMatch(/canary|(\\n|\n) +at /);
    } finally {
      faulty.end();
    }
  };
  /** A PIN is refused first, and not tried again after that. */
  const inOrder = ({ reason }: Fault): boolean => reason === 'pin';
  const title = '%s says %s in one sentence, and exits with its code';
  it.each(rows.filter(([, , fault]) => inOrder(fault)))(title, (service, _, fault) => expectToEnd(service, fault));
  it.concurrent.each(rows.filter(([, , fault]) => !inOrder(fault)))(title, (service, _, fault) =>
    expectToEnd(service, fault),
  );

  it.each(['gateway', 'policy', 'audit', 'crypto-worker'] as const)(
    '%s: a migration says the same',
    async (service) => {
      const faulty = new CopiedProcess(rig, service);
      try {
        const { code, stderr } = await endingOf(faulty.start('migrate.js'));
        expect(stderr).toMatch(/^[a-z-]+ migration cannot start: configuration is not valid: [^\n]+\n$/);
        expect(code).toBe(exitCodes.configuration.code);
      } finally {
        faulty.end();
      }
    },
  );

  it.each(['gateway', 'policy', 'audit', 'crypto-worker'] as const)(
    '%s: an address without a use for traces is refused in one sentence',
    async (service) => {
      const faulty = new CopiedProcess(rig, service);
      try {
        await faulty.prepare();
        const environment = {
          NODE_OPTIONS: '--import @ankasecure/service-kit/otel',
          OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://canary@collector',
        };
        const { code, stderr } = await endingOf(faulty.start('main.js', environment));
        const fault = 'configuration: OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL';
        expect(stderr).toBe(`${service} cannot start: ${fault}\n`);
        expect(code).toBe(exitCodes.configuration.code);
      } finally {
        faulty.end();
      }
    },
  );

  it('outlives SIGHUP and stops with code 0', async () => {
    const faulty = new CopiedProcess(rig, 'policy');
    try {
      await faulty.prepare();
      const child = faulty.start();
      const ended = endingOf(child);
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const logged = (text: string) => expect.poll(() => said).toContain(text);
      await logged('"msg":"started"');
      for (let time = 0; time < 3; time++) child.kill('SIGHUP');
      child.kill('SIGTERM');
      expect((await ended).code).toBe(exitCodes.stopped.code);
    } finally {
      faulty.end();
    }
  });

  // A container's first process is ended by no signal that it does not handle.
  it.each([
    ['crypto-worker', 'a token that is away', 'SIGTERM', 'hsm.pkcs11.token-label', 'away', 'cannot open the HSM'],
    ['crypto-worker', 'a token that is away', 'SIGINT', 'hsm.pkcs11.token-label', 'away', 'cannot open the HSM'],
    ['policy', 'a database that does not answer', 'SIGTERM', 'database.port', 1, 'ECONNREFUSED'],
  ] as const)('%s that waits for %s stops with code 0 by %s', async (service, _, signal, path, value, waits) => {
    const waiting = new CopiedProcess(rig, service);
    try {
      await waiting.prepare();
      waiting.files.set(path, value);
      waiting.files.set('start.patience-seconds', 300);
      const child = waiting.start();
      const ended = endingOf(child);
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await expect.poll(() => said).toContain(waits);
      child.kill(signal);
      expect((await ended).code).toBe(exitCodes.stopped.code);
      expect(said).toContain('stopped before it had started');
    } finally {
      waiting.end();
    }
  });
});

it('the page of exit codes is that of the table', () => {
  const page = readFileSync(join(repository, 'libs/service-kit/src/start/exit-codes.md'), 'utf8');
  const rows = Object.values(exitCodes).map(
    ({ code, services, cause, remedy }) =>
      `| ${code} | ${services.length === 1 ? services[0] : 'all'} | ${cause} | ${remedy} |`,
  );
  expect(page.split('\n').filter((line) => /^\| \d/.test(line))).toEqual(rows);
});
