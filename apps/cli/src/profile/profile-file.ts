import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../terminal/cli-error.js';
import type { Terminal } from '../terminal/terminal.js';

/** How a profile authenticates. */
export type ProfileAuth =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'key-file'; readonly path: string };

export interface Profile {
  readonly baseUrl: string;
  /** The slug of the tenant, if it is known. */
  readonly tenant?: string;
  readonly auth: ProfileAuth;
  /** PEM of the authorities that are trusted instead of the public ones. */
  readonly caFile?: string;
  /** Whether the URL may be http on another machine. */
  readonly allowHttp?: true;
}

export interface Profiles {
  readonly current: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** The profile that `npm start` writes into a clone. The file is found from the command's own place, never from the user's directory. */
const ofClone = fileURLToPath(new URL('../../../../.ankasecure/profiles.json', import.meta.url));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The file of the user's profiles. */
export const profilePath = ({ env }: Terminal): string => {
  const named = env['ANKASECURE_CONFIG'];
  if (named !== undefined && named !== '') return named;
  return join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'), 'ankasecure', 'profiles.json');
};

const read = async (path: string): Promise<Profiles> => {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new CliError(
      'authentication',
      `${path} can be read by others.`,
      `Take their rights away: chmod 600 '${path}'`,
    );
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Profiles;
  } catch (cause) {
    throw new CliError('usage', `${path} is not a file of profiles.`, 'Remove it, and log in again.', { cause });
  }
};

/** The user's profiles; those of the clone that the command is part of, if the user has none; undefined if there are none. */
export const readProfiles = async (terminal: Terminal): Promise<Profiles | undefined> => {
  const own = profilePath(terminal);
  if (await exists(own)) return read(own);
  const isNamed = (terminal.env['ANKASECURE_CONFIG'] ?? '') !== '';
  return !isNamed && (await exists(ofClone)) ? read(ofClone) : undefined;
};

/** Writes the file anew, readable by its owner alone. */
export const writeProfiles = async (terminal: Terminal, profiles: Profiles): Promise<string> => {
  const path = profilePath(terminal);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return path;
};
