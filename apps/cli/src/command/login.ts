import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AccessError } from '@ankasecure/sdk';
import { readKeyFile } from '@ankasecure/sdk/node';
import { type CommandRow, given, type OptionValues, text } from '../context/command-row.js';
import { connectTo } from '../profile/connect.js';
import { type Profile, type ProfileAuth, readProfiles, writeProfiles } from '../profile/profile-file.js';
import { CliError } from '../terminal/cli-error.js';
import { readText } from '../terminal/data.js';
import type { Terminal } from '../terminal/terminal.js';

const authOf = async (terminal: Terminal, options: OptionValues): Promise<ProfileAuth> => {
  const [keyFile, tokenFile] = [text(options, 'keyFile'), text(options, 'tokenFile')];
  if (keyFile !== undefined) return { kind: 'key-file', path: resolve(keyFile) };
  if (tokenFile !== undefined && tokenFile !== '-') return { kind: 'token-file', path: resolve(tokenFile) };
  const token = tokenFile === '-' ? await readText(terminal) : terminal.env['ANKASECURE_TOKEN'];
  if (token !== undefined && token !== '') return { kind: 'token', token };
  throw new CliError(
    'usage',
    'There is no credential to log in with.',
    'Give --key-file or --token-file, or set ANKASECURE_TOKEN. A token is never an argument, which others on the machine could read.',
  );
};

const urlOf = async (url: string | undefined, auth: ProfileAuth): Promise<string> => {
  const known = url ?? (auth.kind === 'key-file' ? (await readKeyFile(auth.path)).baseUrl : undefined);
  if (known === undefined)
    throw new CliError('usage', 'Name the URL of the platform.', 'ankasecure login https://anka.example.com');
  return known;
};

/** Logs in, after the platform has accepted the credential. */
export const login: CommandRow = {
  name: 'login [url]',
  summary: 'Log in, and keep how in a profile',
  example: 'ankasecure login https://anka.example.com --key-file billing.json',
  options: [
    { flags: '--key-file <file>', about: 'The credential of a service account' },
    {
      flags: '--token-file <file>',
      about: 'A file with a token, read anew whenever one is needed; - reads a token from standard input',
    },
    { flags: '--as <name>', about: 'The name of the profile', default: 'default' },
    { flags: '--tenant <slug>', about: 'The slug of the tenant, for verification with its public keys' },
    { flags: '--ca-file <file>', about: 'The authorities to trust instead of the public ones, in PEM' },
  ],
  run: async ({ terminal, connection }, [url], options) => {
    const auth = await authOf(terminal, options);
    const caFile = text(options, 'caFile');
    if (caFile !== undefined) await readFile(caFile);
    const profile: Profile = {
      baseUrl: await urlOf(url, auth),
      auth,
      ...(connection.allowHttp === true && { allowHttp: true }),
      ...given({ tenant: text(options, 'tenant'), caFile: caFile === undefined ? undefined : resolve(caFile) }),
    };
    // A principal without this right is known all the same.
    await (await connectTo(profile)).call('listAlgorithms').catch((error: unknown) => {
      if (!(error instanceof AccessError)) throw error;
    });
    const name = text(options, 'as') ?? 'default';
    const known = await readProfiles(terminal);
    const path = await writeProfiles(terminal, { current: name, profiles: { ...known?.profiles, [name]: profile } });
    return { value: { profile: name, url: profile.baseUrl, file: path } };
  },
};
