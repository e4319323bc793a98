import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DoctorReport, doctorReport } from '@ankasecure/contracts';
import type { TestToken } from '@ankasecure/testing';
import { sourceArgv } from '../../custody/pkcs11/job/source-argv.js';
import { run } from '../run.js';

/** Changes of the section `hsm.pkcs11`, by its keys. */
export type Changes = Readonly<Record<string, string | number | undefined>>;

export interface DoctorRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const lister = fileURLToPath(new URL('../../custody/pkcs11/list-object.fixture.ts', import.meta.url));

/** Every object of the token, as another process sees it. */
export const objectsOf = ({ libraryPath, serial, pin }: TestToken): string =>
  execFileSync(process.execPath, [...sourceArgv(import.meta.url), lister], {
    input: JSON.stringify({ libraryPath, tokenSerial: serial, pin }),
    encoding: 'utf8',
  });

/** Runs the command in this process, on an application.yml for `token`. `seen` is told what it shows, line by line. */
export const runDoctor = async (
  token: TestToken,
  args: readonly string[],
  changes: Changes = {},
  seen: (line: string, stop: () => void) => void = () => undefined,
): Promise<DoctorRun> => {
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-doctor-'));
  const stop = new AbortController();
  let [out, err] = ['', ''];
  const section = { 'library-path': token.libraryPath, 'token-label': token.tokenLabel, pin: token.pin, ...changes };
  const config = join(directory, 'application.yml');
  // The value of the other section has no value, and is not needed.
  const other = { servers: ['${a_value_that_nobody_set}'] };
  writeFileSync(config, JSON.stringify({ ankasecure: { nats: other, hsm: { pkcs11: section } } }));
  try {
    const code = await run(['--config', config, ...args], {
      environment: {},
      out: { write: (text) => (out += text) },
      err: {
        write: (text) => {
          err += text;
          seen(text.trim(), () => stop.abort());
        },
      },
      stop: stop.signal,
    });
    return { code, out, err };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

/** As `runDoctor`, with the JSON document, which is checked against its schema. */
export const examined = async (
  ...[token, args, ...rest]: Parameters<typeof runDoctor>
): Promise<DoctorRun & { readonly report: DoctorReport }> => {
  const ended = await runDoctor(token, ['--json', ...args], ...rest);
  return { ...ended, report: doctorReport.parse(JSON.parse(ended.out)) };
};
