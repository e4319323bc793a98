import { mkdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { type DatabaseConfig, Health, type Logger } from '@ankasecure/service-kit';
import { enterSoftHsmToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { Partition } from '../partition.js';
import { OpenCustody } from './open-custody.js';
import type { RefusedPins } from './refused-pins.js';

const token = enterSoftHsmToken();
afterAll(() => {
  token.remove();
});
const tokens = /tokendir = (.+)/.exec(readFileSync(token.env.SOFTHSM2_CONF, 'utf8'))?.[1] ?? expect.unreachable();

/** No key is written, so nothing connects to this database. */
const database: DatabaseConfig = {
  host: '127.0.0.1',
  port: 1,
  name: 'none',
  user: 'nobody',
  password: 'none',
  poolSize: 2,
};

/** There is no database to remember PINs. `refused-pins.spec.ts` has one. */
const noneRefused = { refusedAt: () => Promise.resolve(undefined) } as unknown as RefusedPins;

const openerOf = (changes: object = {}) => {
  const { partition: name, ...hsm } = partitionOn(token);
  const health = new Health('crypto-worker');
  health.markStarted();
  const logger = listeningLogger();
  const partition = new Partition(name, { ...hsm, excludedMechanisms: [], ...changes });
  const opener = new OpenCustody(database, partition, logger as unknown as Logger, health, noneRefused);
  return { opener, health, logger };
};

describe('a worker that starts', () => {
  it('without its token waits for it, not ready, and opens it when it comes', async () => {
    renameSync(tokens, `${tokens}.away`);
    mkdirSync(tokens);
    const { opener, health, logger } = openerOf();
    const opening = opener.open();
    const failures = () => logger.lines.filter(({ message }) => message.startsWith('cannot open the HSM')).length;
    await expect.poll(failures).toBe(1);
    expect(await health.readiness()).toEqual({ ready: false, parts: { hsm: 'failed' } });
    rmdirSync(tokens);
    renameSync(`${tokens}.away`, tokens);
    const custody = await opening;
    expect(custody.healthy()).toBe(true);
    // Each reason is told once a minute, however often it is tried.
    expect(failures()).toBe(1);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'info', message: 'the HSM is open' });
    expect(await health.readiness()).toEqual({ ready: true, parts: { hsm: 'ok' } });
    await custody.close();
  });

  it('with a library that does not exist fails', async () => {
    await expect(openerOf({ libraryPath: '/nowhere/libpkcs11.so' }).opener.open()).rejects.toMatchObject({
      reason: 'hsm',
      message: expect.stringContaining('/nowhere/libpkcs11.so') as string,
    });
  });

  it('with a profile that does not exist fails before it logs in, and names the profiles', async () => {
    const opening = openerOf({ profile: 'lunna', pin: 'wrong' }).opener.open();
    await expect(opening).rejects.toMatchObject({
      reason: 'hsm',
      message: expect.stringMatching(/no vendor profile is named lunna; the profiles are .*luna/) as string,
    });
  });
});
