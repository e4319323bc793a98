import { type CommandRow, given, text } from '../../context/command-row.js';
import { writeData } from '../../terminal/data.js';

export const showPublicKey: CommandRow = {
  name: 'public-key <key>',
  summary: 'Print the public key in PEM, or with -o json as JWK',
  example: 'ankasecure key public-key invoices > invoices.pem',
  options: [{ flags: '--key-version <n>', about: 'The version (default: the current one)' }],
  run: async (context, [id = ''], options) => {
    const version = text(options, 'keyVersion');
    const query = given({ version: version === undefined ? undefined : Number(version) });
    const found = await (await context.client()).call('getPublicKey', { path: { id }, query });
    if (context.format !== 'table') return { value: found };
    await writeData(context.terminal, found.pem);
    return undefined;
  },
};
