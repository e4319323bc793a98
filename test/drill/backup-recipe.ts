import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '@ankasecure/local';
import type { RigAddress } from '../e2e/harness/rig.js';

const run = promisify(execFile);

/** The shell functions of `deploy/backup.md`, unchanged. */
export const functions = [
  ...readFileSync(join(repository, 'deploy/backup.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm),
]
  .map(([, block = '']) => block)
  .join('');

/**
 * Runs commands with the functions of the recipe, as an operator would.
 * @param token of a platform administrator
 * @throws Error with the output unless they succeed
 */
export const operate = async ({ superuser, baseUrl }: RigAddress, token: string, commands: string): Promise<string> => {
  const { host, port, user, password } = superuser;
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${functions}\n${commands}`], {
    env: {
      ...process.env,
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: password,
      URL: baseUrl,
      TOKEN: token,
    },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
};
