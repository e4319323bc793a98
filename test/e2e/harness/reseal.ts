import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Rig } from './rig.js';

/** The program that seals rows. It is in the worker, because only the worker may use the token. */
const program = fileURLToPath(new URL('../../../apps/crypto-worker/dist/record/reseal.fixture.js', import.meta.url));

/** Seals rows of `ankadb_keys` that a test wrote by SQL, as the worker of the default partition would. */
export const reseal = async ({ hsm: token, superuser }: Rig, table: string, where: string): Promise<void> => {
  const { libraryPath, tokenLabel, tokenSerial, pin, env } = token;
  const { host, port, user: username, password } = superuser;
  const hsm = {
    partition: 'default',
    libraryPath,
    slotIndex: 0,
    tokenLabel,
    tokenSerial,
    pin,
    sessionPoolSize: 1,
    sessionTimeoutSeconds: 30,
    kekLabelPrefix: 'ankasecure:kek:tenant',
  };
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ hsm, database: { host, port, username, password }, table, where }));
  let sealed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    sealed += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || sealed === '0') throw new Error(`sealing rows of ${table} ended with ${code} after ${sealed} rows`);
};
