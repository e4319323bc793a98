import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { settingSource } from './setting-source.js';

describe('where a value of the configuration comes from', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anka-source-'));
  const file = join(directory, 'ankasecure.yaml');
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const sourceOf = (value: string, path = ['hsm', 'pkcs11', 'pin']): string => {
    const nested = path.map((key, depth) => `${'  '.repeat(depth + 1)}${key}:`).join('\n');
    writeFileSync(file, `ankasecure:\n${nested} ${value}\n`);
    vi.stubEnv('ANKASECURE_CONFIG', file);
    vi.stubEnv('ANKASECURE_SECRETS', directory);
    return settingSource(path);
  };

  it('is the secret file, with its path', () => {
    writeFileSync(join(directory, 'a_pin'), 'canary\n');
    for (const path of [
      ['hsm', 'pkcs11', 'pin'],
      ['hsm', 'partitions', 'north', 'pin'],
    ])
      expect(sourceOf('${a_pin}', path)).toBe(`the secret file ${directory}/a_pin`);
  });

  it('is the environment before a secret file', () => {
    vi.stubEnv('a_pin', 'canary');
    expect(sourceOf('${a_pin}')).toBe('the environment variable a_pin');
  });

  it.each(['${no_pin:canary}', '"${no_pin:canary}"'])('is the default of %s', (value) => {
    expect(sourceOf(value)).toBe('the default of ${no_pin}');
  });

  it.each(['canary', '"canary"', '$${canary'])('is the file itself for %s', (value) => {
    expect(sourceOf(value)).toBe(`the file ${file}`);
  });

  it('is every part of it', () => {
    writeFileSync(join(directory, 'a_pin'), 'canary');
    vi.stubEnv('a_user', 'CU');
    expect(sourceOf('"${a_user}:${a_pin}"')).toBe(
      `the environment variable a_user and the secret file ${directory}/a_pin`,
    );
  });

  it('is unknown where the file is gone, and no failure', () => {
    sourceOf('canary');
    rmSync(file);
    expect(settingSource(['hsm', 'pkcs11', 'pin'])).toBe('the configuration');
    vi.stubEnv('ANKASECURE_CONFIG', undefined);
    expect(settingSource(['hsm', 'pkcs11', 'pin'])).toBe('the configuration');
  });
});
