import type { Schemas } from '@ankasecure/sdk';
import { type CommandRow, given, type OptionValues, text } from '../context/command-row.js';
import { readItem, writeData } from '../terminal/data.js';

const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-/i;

/** A key as the command line names it: by its id or an alias. */
export const named = (key: string | undefined): { keyId?: string; alias?: string } =>
  key === undefined ? {} : isId.test(key) ? { keyId: key } : { alias: key };

export const keyOption = { flags: '-k, --key <key>', about: 'The key, by its id or an alias' } as const;
export const outOption = { flags: '-O, --out <file>', about: 'Write to this file (default: standard output)' } as const;
export const aadOption = { flags: '--aad <text>', about: 'Text that the JWE is bound to' } as const;

export const aadOf = (options: OptionValues): { aad?: string } => {
  const aad = text(options, 'aad');
  return given({ aad: aad === undefined ? undefined : Buffer.from(aad).toString('base64url') });
};

export const encrypt: CommandRow = {
  name: 'encrypt [file]',
  summary: 'Encrypt a file or standard input (JWE)',
  example: 'ankasecure encrypt --key box notes.txt --out notes.jwe',
  options: [
    { ...keyOption, required: true },
    outOption,
    aadOption,
    { flags: '--enc <name>', about: 'The content encryption (default: A256GCM)' },
    { flags: '--local', about: 'Encrypt here with the public key, where the key has one' },
  ],
  run: async ({ terminal, client }, [file], options) => {
    const plaintext = (await readItem(terminal, file)).toString('base64url');
    const enc = text(options, 'enc') as Schemas['EncryptRequest']['enc'];
    const item = { ...named(text(options, 'key')), plaintext, ...aadOf(options), ...given({ enc }) };
    const anka = await client();
    const { jwe } = await (options['local'] === true ? anka.local.encrypt(item) : anka.encrypt(item));
    await writeData(terminal, `${jwe}\n`, text(options, 'out'));
    return undefined;
  },
};
