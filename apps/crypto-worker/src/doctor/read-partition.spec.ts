import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf, exitCodes } from '@ankasecure/service-kit';
import { afterAll, describe, expect, it } from 'vitest';
import { readPartition } from './read-partition.js';

const section = { 'library-path': '/lib/hsm.so', pin: 'canary' };
const files: Readonly<Record<string, { hsm: object; partition?: string; names: readonly string[] }>> = {
  'the default one only': { hsm: { pkcs11: section }, names: ['default'] },
  'others only': { hsm: { partitions: { north: section, south: section } }, names: ['north', 'south'] },
  both: { hsm: { pkcs11: section, partitions: { north: section } }, names: ['default', 'north'] },
  'none at all': { hsm: {}, names: [] },
};

describe('the partition that hsm doctor is asked about', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anka-doctor-'));
  const file = join(directory, 'ankasecure.yaml');
  afterAll(() => rmSync(directory, { recursive: true }));

  const refusalOf = (name: string | undefined): Error => {
    try {
      readPartition(file, name);
    } catch (error) {
      return error as Error;
    }
    return expect.unreachable();
  };

  describe.each(Object.entries(files))('of a file with %s', (_, { names, ...document }) => {
    const write = (more: object = {}): void =>
      writeFileSync(file, JSON.stringify({ ankasecure: { ...document, ...more } }));

    it.each(['nope', 'Default', 'pkcs11', 'norths', '', '__proto__', 'constructor'])(
      'is not %j, and the sentence names those that are there and no PIN',
      (name) => {
        write();
        for (const given of [name, undefined]) {
          if (given === undefined) write({ partition: 'nowhere' });
          const error = refusalOf(given);
          expect(exitCodeOf(error)).toBe(exitCodes.configuration.code);
          for (const known of names) expect(error.message).toContain(known);
          if (names.length === 0) expect(error.message).toContain('none');
          expect(error.message).not.toContain('canary');
        }
      },
    );

    it('is any that is there', () => {
      write();
      for (const name of names) expect(readPartition(file, name).name).toBe(name);
    });
  });
});
