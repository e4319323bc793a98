import { type CommandRow, given, text } from '../context/command-row.js';
import { CliError } from '../terminal/cli-error.js';
import { readData, readItem, readText } from '../terminal/data.js';
import { keyOption, named } from './encrypt.js';

/** Whether a compact JWS has no payload: detached (RFC 7515, appendix F), or the signature of nothing. */
const isDetached = (jws: string): boolean => jws.split('.')[1] === '';

export const verify: CommandRow = {
  name: 'verify <signature>',
  summary: 'Verify a JWS or a raw signature; the exit code is 8 if it is not valid',
  example: 'ankasecure verify invoice.jws --content invoice.pdf',
  options: [
    keyOption,
    { flags: '--content <file>', about: 'What was signed, if it is not in the JWS' },
    { flags: '--raw', about: 'The file is a bare signature; needs --key and --content' },
    { flags: '--local', about: 'Verify here with the tenant’s public keys, where that is possible' },
  ],
  run: async ({ terminal, client }, [file = '-'], options) => {
    if (options['local'] === true && (options['raw'] === true || options['key'] !== undefined))
      throw new CliError(
        'usage',
        '--local verifies a JWS with the key that it names: --key and --raw do not go with it.',
        'Leave --local out.',
      );
    const content = text(options, 'content');
    const payload = content === undefined ? undefined : (await readItem(terminal, content)).toString('base64url');
    const jws = options['raw'] === true ? '' : await readText(terminal, file);
    const anka = await client();
    const key = named(text(options, 'key'));
    const value =
      options['raw'] === true
        ? await anka.verify({
            signature: (await readData(terminal, file)).toString('base64url'),
            ...key,
            ...given({ payload }),
          })
        : options['local'] === true
          ? await anka.local.verify({ jws, ...given({ payload }) })
          : await anka.verify({ jws, ...key, ...given({ payload }) });
    if (!value.valid)
      throw new CliError(
        'invalid',
        'The signature is not valid.',
        payload === undefined && isDetached(jws)
          ? 'The JWS does not hold what was signed: name it with --content.'
          : `Key ${value.keyId}, version ${value.version}`,
      );
    return { value };
  },
};
