import { type CommandRow, text } from '../context/command-row.js';
import { readText, writeData } from '../terminal/data.js';
import { aadOf, aadOption, keyOption, named, outOption } from './encrypt.js';

export const decrypt: CommandRow = {
  name: 'decrypt [file]',
  summary: 'Decrypt a JWE in the HSM',
  example: 'ankasecure decrypt notes.jwe --out notes.txt',
  options: [keyOption, outOption, aadOption],
  run: async ({ terminal, client }, [file], options) => {
    const jwe = await readText(terminal, file);
    const { plaintext } = await (await client()).decrypt({ jwe, ...named(text(options, 'key')), ...aadOf(options) });
    await writeData(terminal, Buffer.from(plaintext, 'base64url'), text(options, 'out'));
    return undefined;
  },
};
