import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressesOf } from '../http/proxy/addresses.js';
import type { Route } from '../route/route.js';
import { routes } from '../routes/routes.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';
import { languages, pythonOf } from './example-code.js';

type Language = (typeof languages)[number]['id'];

const runners: Readonly<Record<Language, { readonly file: string; readonly command: readonly [string, ...string[]] }>> =
  {
    curl: { file: 'example.sh', command: ['bash'] },
    typescript: { file: 'example.ts', command: [process.execPath, '--disable-warning=ExperimentalWarning'] },
    python: { file: 'example.py', command: ['python3'] },
  };

const exampleIn = (language: Language, route: Route): string =>
  languages.find(({ id }) => id === language)?.of(route, addressesOf()) ?? '';

describe('the examples of the documentation', () => {
  let rig: Rig;
  let gateway: Gateway;
  let folder: string;
  let token: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin'));
    folder = await mkdtemp(join(tmpdir(), 'ankasecure-example-'));
  });
  afterAll(async () => {
    await rig.stop();
    await rm(folder, { recursive: true });
  });

  const run = async (language: Language, text: string): Promise<void> => {
    const { file, command } = runners[language];
    const [program, ...options] = command;
    await writeFile(join(folder, file), text);
    const env = { ...process.env, ANKASECURE: gateway.url, TOKEN: token };
    await promisify(execFile)(program, [...options, join(folder, file)], { env });
  };

  const tried = ['createKey', 'getKey', 'putPolicy', 'deleteKey', 'evaluatePolicy'];
  it.each(tried)('make the same call of %s in every language', async (operationId) => {
    const route = routes.find((row) => row.operationId === operationId) as Route;
    const heard = () => rig.standIns.heard.get(operationId) ?? [];
    const before = heard().length;
    for (const { id } of languages) await run(id, exampleIn(id, route));
    const [first, ...others] = heard()
      .slice(before)
      .map(({ context: { tenantId, ifMatch }, body }) => ({ tenantId, ifMatch, body: JSON.parse(body) as unknown }));
    expect(others).toEqual([first, first]);
    expect(first?.tenantId).toBe(tenantA);
  });

  it('are programs in their languages, for every route', async () => {
    const checkedBy = async (language: Language, program: string, ...options: string[]): Promise<void> => {
      const child = spawn(program, options, { stdio: ['pipe', 'inherit', 'inherit'] });
      child.stdin.end(JSON.stringify(routes.map((route) => exampleIn(language, route))));
      expect(await new Promise((resolve) => child.on('close', resolve)), language).toBe(0);
    };
    const each = 'import json, subprocess, sys\nfor text in json.load(sys.stdin):';
    await checkedBy('python', 'python3', '-c', `${each} compile(text, "example", "exec")`);
    await checkedBy('curl', 'python3', '-c', `${each} subprocess.run(["bash", "-n"], input=text.encode(), check=True)`);
    for (const route of routes) {
      const plain = stripTypeScriptTypes(exampleIn('typescript', route));
      expect(() => new Script(`async () => { ${plain} }`), route.operationId).not.toThrow();
    }
  });
});

it('a JSON value is written as Python writes it', () => {
  expect(pythonOf({ a: [true, false, null], b: 'é"', c: {}, d: [] })).toBe(
    '{\n    "a": [\n        True,\n        False,\n        None,\n    ],\n    "b": "é\\"",\n    "c": {},\n    "d": [],\n}',
  );
});
