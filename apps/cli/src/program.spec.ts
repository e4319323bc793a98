import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { programFor } from './program.js';
import { platformOf, ran, reaching } from './testing/command.js';

const silent = { write: () => undefined };
const noTerminal = { env: {}, stdin: { async *[Symbol.asyncIterator]() {} }, stdout: silent, stderr: silent };

const flagsOf = (command: Command): readonly string[] =>
  command.options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));

const allBelow = (command: Command): readonly Command[] =>
  command.commands.flatMap((each) => [each, ...allBelow(each)]);

describe('the flags of a command', () => {
  const program = programFor(noTerminal);
  const reserved = [...flagsOf(program), '-h', '--help'];
  it.each(allBelow(program).map((command) => [`${command.parent?.name() ?? ''} ${command.name()}`, command] as const))(
    '%s are none of those that stand before every command, and each is there once',
    (_, command) => {
      const flags = flagsOf(command);
      expect(flags.filter((flag) => reserved.includes(flag))).toEqual([]);
      expect(new Set(flags).size).toBe(flags.length);
    },
  );
});

describe('a version of a key', () => {
  it.each(['activate', 'suspend', 'resume', 'deactivate', 'revoke', 'compromise', 'cancel-destroy'])(
    'is what key %s changes, if it is named',
    async (name) => {
      const { url, heard } = await platformOf(() => ({ body: { id: 'k', version: 2 } }));
      expect(await ran(['key', name, 'k', '--key-version', '2'], reaching(url))).toMatchObject({ code: 0, stderr: '' });
      expect(heard.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ version: 2 }]);
    },
  );

  it('is the one whose public key is shown', async () => {
    const { url, heard } = await platformOf(() => ({ body: { pem: 'PEM' } }));
    expect(await ran(['key', 'public-key', 'k', '--key-version', '2'], reaching(url))).toMatchObject({ stdout: 'PEM' });
    expect(heard[0]?.url).toMatch(/\?version=2$/);
  });
});
