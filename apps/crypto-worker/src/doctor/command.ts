import { parseArgs } from 'node:util';
import { algorithmNames } from '@ankasecure/algorithm';
import { StartFailure } from '@ankasecure/service-kit';
import { platformKeyNames } from '../custody/pkcs11/trial/trial.js';

export const help = `Usage: hsm doctor --config FILE [options]

Checks an HSM before a worker runs on it. It reads only ankasecure.hsm of the worker's application.yml, logs in once, and
generates, uses and destroys one key of everything that the token and its profile promise. It leaves nothing on the token.
Needs no database and no bus. Run it where the worker will run, with the worker's environment and secret files.

  --config FILE      application.yml (default: ANKASECURE_CONFIG)
  --partition NAME   a partition under hsm.partitions (default: the file's own)
  --json             print one JSON document on standard output
  --matrix           print the token's post-quantum support instead of the keys
  --mechanisms       print all mechanisms of the token too
  --quick            leave out keys that take long to make or use, such as RSA-3072 and longer
  --only NAMES       try only these algorithms or platform keys, separated by commas
  --limit SECONDS    the longest time of one call (default: 300)
  --no-login         only look at the library and its tokens; no PIN is tried
  --log-in-anyway    try the PIN although the token says that it is the last try, or locked
  --help             print this

Exit codes: 0 everything expected works; 1 something does not; 72 the library or the profile; 77 the PIN; 78 the configuration.
`;

export interface Command {
  readonly help: boolean;
  readonly config: string;
  readonly partition: string | undefined;
  readonly json: boolean;
  readonly matrix: boolean;
  readonly mechanisms: boolean;
  readonly withoutLogin: boolean;
  readonly logInAnyway: boolean;
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly limitSeconds: number;
}

const options = {
  config: { type: 'string' },
  partition: { type: 'string' },
  json: { type: 'boolean', default: false },
  matrix: { type: 'boolean', default: false },
  mechanisms: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  limit: { type: 'string', default: '300' },
  'no-login': { type: 'boolean', default: false },
  'log-in-anyway': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const trialNames: readonly string[] = [...algorithmNames, ...platformKeyNames];

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new StartFailure('other', `${(error as Error).message}. See --help.`, { cause: error });
  }
};

const namesIn = (text: string): readonly string[] => {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !trialNames.includes(name));
  if (unknown !== undefined)
    throw new StartFailure('other', `--only names ${unknown}; the names are ${trialNames.join(', ')}`);
  return names;
};

/** @throws StartFailure with one sentence */
export const parseCommand = (args: readonly string[], environment: NodeJS.ProcessEnv): Command => {
  const values = parse(args);
  const config = values.config ?? environment['ANKASECURE_CONFIG'] ?? '';
  if (config === '' && !values.help)
    throw new StartFailure('configuration', '--config must name the worker’s application.yml. See --help.');
  const limitSeconds = Number(values.limit);
  if (!Number.isInteger(limitSeconds) || limitSeconds < 1 || limitSeconds > 3600)
    throw new StartFailure('other', '--limit must be a number of seconds, from 1 to 3600');
  return {
    help: values.help,
    config,
    partition: values.partition,
    json: values.json,
    matrix: values.matrix,
    mechanisms: values.mechanisms,
    withoutLogin: values['no-login'],
    logInAnyway: values['log-in-anyway'],
    quick: values.quick,
    only: namesIn(values.only),
    limitSeconds,
  };
};
