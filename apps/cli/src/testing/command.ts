import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../run.js';

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A request as the platform hears it. */
export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What a platform answers to a request. */
export type Answering = (heard: Heard) => { readonly status?: number; readonly body: unknown };

/** A platform on this machine, which answers as the test says. It ends with the test. */
export const platformOf = async (answer: Answering) => {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, authorization: headers.authorization, body };
      heard.push(one);
      const { status = 200, body: answered } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
};

/** A new directory, which ends with the test. */
export const emptyDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-cli-part-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
};

/** Runs a command line in this process. @param env the whole environment */
export const ran = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { input = '', isTTY = false }: { readonly input?: string; readonly isTTY?: boolean } = {},
): Promise<Ended> => {
  const out = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY,
    write: (text: string | Uint8Array) => {
      out[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
  });
  const stdin = (async function* () {
    yield input;
  })();
  const code = await run(args, { env, stdin, stdout: output('stdout'), stderr: output('stderr') });
  return { code, ...out };
};

/** An environment without a profile, in which a platform is reached with a token. */
export const reaching = (url: string): Readonly<Record<string, string>> => ({
  ANKASECURE_CONFIG: '/nowhere/profiles.json',
  ANKASECURE_URL: url,
  ANKASECURE_TOKEN: 'a-token',
  NO_COLOR: '1',
});
