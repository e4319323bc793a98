import type { Schemas } from '@ankasecure/sdk';
import { type CommandRow, given, text } from '../context/command-row.js';
import { readItem, writeData } from '../terminal/data.js';
import { keyOption, named, outOption } from './encrypt.js';

export const sign: CommandRow = {
  name: 'sign [file]',
  summary: 'Sign a file or standard input in the HSM (JWS)',
  example: 'ankasecure sign --key invoices invoice.pdf --detached --out invoice.jws',
  options: [
    { ...keyOption, required: true },
    outOption,
    { flags: '--detached', about: 'Leave the content out of the JWS' },
    { flags: '--raw', about: 'Make the bare signature' },
    { flags: '--alg <name>', about: 'The algorithm (default: the first of the key)' },
  ],
  run: async ({ terminal, client }, [file], options) => {
    const payload = (await readItem(terminal, file)).toString('base64url');
    const format = options['raw'] === true ? 'raw' : options['detached'] === true ? 'jws-detached' : 'jws';
    const alg = text(options, 'alg') as Schemas['SignRequest']['alg'];
    const { jws, signature } = await (await client()).sign({
      ...named(text(options, 'key')),
      payload,
      format,
      ...given({ alg }),
    });
    const made = jws === undefined ? Buffer.from(signature ?? '', 'base64url') : `${jws}\n`;
    await writeData(terminal, made, text(options, 'out'));
    return undefined;
  },
};
