import { StartFailure } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody, FoundKey } from '../custody/custody.js';
import { Partition, pkcs11Section } from '../custody/partition.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { silent } from '../testing/worker-database.js';
import { markOf, TokenPartition, tokenMark } from './token-partition.js';

const token = enterToken();
let custody: Custody;
beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
});
afterAll(async () => {
  await custody.close();
  token.remove();
});

const claim = (name: string, { sharedToken = false, on = custody } = {}): Promise<void> => {
  const section = pkcs11Section.parse({ libraryPath: 'none', pin: 'none', sharedToken });
  return new TokenPartition(on, new Partition(name, section), silent).claim();
};
const marks = async (): Promise<readonly string[]> => {
  const found = await custody.findByLabel({ deadline: Number.POSITIVE_INFINITY }, 'record-mac', tokenMark);
  return found.map(({ objectId }) => Buffer.from(objectId).toString().replace(/\0+$/, ''));
};

/** A token on which the other partition's mark appears while this one's is made. */
const racing = (): Custody => {
  const found: FoundKey[] = [];
  const key = (name: string): FoundKey => ({ objectId: markOf(name), faults: [] });
  return {
    token: { label: 'l', serial: 's' },
    findByLabel: async () => [...found],
    generatePlatformKey: async (_: unknown, { objectId }: { objectId: Uint8Array }) => {
      found.push(key('north'), { objectId, faults: [] });
    },
  } as unknown as Custody;
};

describe('a token', () => {
  it('is that of the partition whose workers come first, however many start at once, and however often', async () => {
    await Promise.all([claim('default'), claim('default'), claim('default')]);
    await claim('default');
    expect(await marks()).toEqual(['default']);
  });

  it('is refused to another partition, which is told what to do and leaves no mark', async () => {
    const refused = claim('north');
    await expect(refused).rejects.toThrow(StartFailure);
    await expect(refused).rejects.toMatchObject({ reason: 'hsm' });
    await expect(refused).rejects.toThrow(
      /token .* \(serial .*\) is that of partition "default", and this worker serves partition "north": correct token-label.* shared-token: true/,
    );
    expect(await marks()).toEqual(['default']);
  });

  it('is shared where both partitions say so, and by no other', async () => {
    await claim('north', { sharedToken: true });
    await claim('default', { sharedToken: true });
    expect((await marks()).toSorted()).toEqual(['default', 'north']);
    await expect(claim('default')).rejects.toThrow(/is that of partition "north"/);
    await expect(claim('south')).rejects.toThrow(/"default", "north"/);
    await expect(claim('a'.repeat(32), { sharedToken: true })).resolves.toBeUndefined();
    await expect(claim('south')).rejects.toThrow(/with the mark [0-9a-f]{32}/);
    await expect(claim('a'.repeat(31))).rejects.toThrow(/with the mark/);
  });

  it('goes to neither of two partitions that come at once', async () => {
    await expect(claim('south', { on: racing() })).rejects.toThrow(/is that of partition "north"/);
  });
});
