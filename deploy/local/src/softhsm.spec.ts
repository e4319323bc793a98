import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { prepareSoftHsm, serialOf } from './softhsm.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-softhsm-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('creates a token once, with a random PIN in its own file, and finds it again', async () => {
  const made = await prepareSoftHsm(join(directory, 'one'), 'ankasecure', true);
  expect(made.tokenSerial).toMatch(/^[0-9a-f]{16}$/);
  expect(made.pin).toMatch(/^[0-9a-f]{16}$/);
  for (const name of ['pin', 'so-pin', 'softhsm2.conf'])
    expect(statSync(join(directory, 'one', name)).mode & 0o777).toBe(0o600);
  expect(await prepareSoftHsm(join(directory, 'one'), 'ankasecure', false)).toEqual(made);
});

it('reports that a token is missing instead of creating one without the keys', async () => {
  await expect(prepareSoftHsm(join(directory, 'two'), 'ankasecure', false)).rejects.toThrow(
    `The SoftHSM token ankasecure is not in ${directory}/two/tokens`,
  );
});

it('distinguishes tokens by their label', () => {
  const slot = (serial: string, label: string) =>
    `Slot 1\n    Token info:\n        Serial number:    ${serial}\n        Label:            ${label}   \n`;
  const listing = `Available slots:\n${slot('aa', 'first')}${slot('', '')}${slot('bb', 'second')}`;
  expect(serialOf(listing, 'second')).toBe('bb');
  expect(serialOf(listing, 'third')).toBeUndefined();
});
