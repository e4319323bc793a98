import { type DatabaseConfig, Health, type Logger } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import { Partition } from '../partition.js';
import { OpenCustody } from './open-custody.js';
import { FingerprintKey, RefusedPins } from './refused-pins.js';

const secret = 'a secret that is not in the database';

describe('a PIN that the token refuses', () => {
  const token = enterToken();
  let database: WorkerDatabase;
  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  afterAll(async () => {
    await database.stop();
    token.remove();
  });

  /** A worker's opener, and whether it tried to log in: only then the token raises the alarm. */
  const openerWith = (pin: string, config: DatabaseConfig = database.config) => {
    const { partition: name, ...hsm } = partitionOn(token);
    const partition = new Partition(name, { ...hsm, excludedMechanisms: [], pin });
    const logger = listeningLogger();
    const pins = new RefusedPins(config, partition, new FingerprintKey(secret));
    const opener = new OpenCustody(config, partition, logger as unknown as Logger, new Health('crypto-worker'), pins);
    const tries = () => logger.lines.filter(({ fields }) => 'alarm' in fields && fields.alarm === 'pin-refused').length;
    return { opener, tries };
  };
  const rows = () =>
    database.superuser.query<{ partition: string; fingerprint: Buffer }[]>(
      'SELECT partition, fingerprint FROM refused_pin',
    );

  it('is tried once, by no other worker and after no restart, until it is another PIN', async () => {
    const first = openerWith('00000000');
    await expect(first.opener.open()).rejects.toMatchObject({ reason: 'pin' });
    expect(first.tries()).toBe(1);
    const again = openerWith('00000000');
    await expect(again.opener.open()).rejects.toMatchObject({
      reason: 'pin',
      message: expect.stringContaining('was not tried again') as string,
    });
    expect(again.tries()).toBe(0);
    expect(await rows()).toHaveLength(1);
  });

  it('is not in the database, nor anything it can be told from without the key', async () => {
    const [row] = await rows();
    const { partition: name, ...hsm } = partitionOn(token);
    const partition = new Partition(name, { ...hsm, excludedMechanisms: [], pin: '00000000' });
    expect(row?.fingerprint.toString('utf8')).not.toContain('00000000');
    const other = new RefusedPins(database.config, partition, new FingerprintKey('another secret'));
    expect(await other.refusedAt()).toBeUndefined();
    const same = new RefusedPins(database.config, partition, new FingerprintKey(secret));
    expect(await same.refusedAt()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  });

  it('is known to the workers of its partition and to no others', async () => {
    const north = await database.as('north');
    const count = 'SELECT count(*)::int AS n FROM refused_pin';
    expect(await database.dataSource.query(count)).toEqual([{ n: 1 }]);
    expect(await north.dataSource.query(count)).toEqual([{ n: 0 }]);
    const forged = "INSERT INTO refused_pin (partition, fingerprint) VALUES ('default', sha256('x'))";
    await expect(north.dataSource.query(forged)).rejects.toThrow(/row-level security/);
  });

  it('is not tried while nobody can say whether it was refused', async () => {
    const { opener, tries } = openerWith('11111111', { ...database.config, port: 1 });
    await expect(opener.open()).rejects.toThrow(/ECONNREFUSED/);
    expect(tries()).toBe(0);
  });

  it('leaves a right PIN alone', async () => {
    const custody = await openerWith(token.pin).opener.open();
    expect(custody.healthy()).toBe(true);
    await custody.close();
  });
});
