import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type FigureName, figures, findingsOf } from './figure.js';
import { readWorkspace } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = Object.keys(figures) as readonly FigureName[];

/** The findings that stay, by file, each with its reason. Every other finding is a fault, and so is an entry without one. */
const exceptions: Readonly<Partial<Record<FigureName, Readonly<Record<string, string>>>>> = {
  longFiles: {
    'libs/sdk/src/generated/api.ts': 'is generated from the OpenAPI document',
  },
  rawQueries: {
    'libs/service-kit/src/database/migrate.ts': 'takes and releases the advisory lock of migrations',
    'libs/service-kit/src/database/tenant.ts': 'sets the tenant of a transaction, which every repository then obeys',
  },
  uncheckedWiring: {
    'apps/crypto-worker/src/custody/custody.module.ts':
      'opens the token, which takes time: a factory of one typed parameter, whose provider the compiler checks',
    'libs/service-kit/src/nats/transport.ts': 'is the name of the transport, which Nest wants as a symbol; no token',
    'libs/service-kit/src/service.ts': 'hands the server to Nest as the strategy of the microservice',
  },
};

const notShipped = /\.(spec|conformance|fixture)\.ts$|\/testing\/|\/migrations\//;
const shipped = readWorkspace(root)
  .packages.filter(({ directory }) => /^(apps|libs)\//.test(directory) && directory !== 'libs/testing')
  .flatMap(({ sources }) => sources.map(({ path }) => path))
  .filter((path) => path.endsWith('.ts') && !notShipped.test(path));

const fileOf = (finding: string): string => finding.slice(0, finding.indexOf(':'));

it('looks at every service and library', () => {
  expect(shipped.length).toBeGreaterThan(400);
});

describe.each(names)('%s', (name) => {
  const findings = findingsOf(figures[name], root, shipped);
  const reasons = exceptions[name] ?? {};

  it(`are none: ${figures[name].what}`, () => {
    expect(findings.filter((finding) => reasons[fileOf(finding)] === undefined)).toEqual([]);
  });

  it('has no exception that is not needed', () => {
    const found = new Set(findings.map(fileOf));
    expect(Object.keys(reasons).filter((path) => !found.has(path))).toEqual([]);
  });
});

describe('a figure counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'figure-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

  const samples: Readonly<Record<FigureName, readonly [fault: string, sound: string]>> = {
    longFiles: [lines(301, 'f();'), lines(300, 'f();')],
    longFunctions: [`const f = () => {\n${lines(39, 'g();')}};`, `const f = () => {\n${lines(38, 'g();')}};`],
    wideConstructors: ['class A { constructor(a, b, c, d, e, f) {} }', 'class A { constructor(a, b, c, d, e) {} }'],
    rawQueries: ["manager.query('SELECT 1');", 'manager.query(lockKey, [id]);'],
    twins: ['class A { rehearsePut() {} }', 'class A { put() {} }'],
    literalSpreads: ['f({ ...{ a, b }, c });', 'f({ ...known, c });'],
    hashPrivates: ['class A { #key; }', 'class A { private key; }'],
    uncheckedWiring: ['const m = { provide: A, useFactory: f };', 'const m = { provide: A, useClass: B };'],
  };

  it.each(names)('%s, and only those', (name) => {
    const found = samples[name].map((text) => {
      writeFileSync(join(folder, 'sample.ts'), text);
      return findingsOf(figures[name], folder, ['sample.ts']).length;
    });
    expect(found).toEqual([1, 0]);
  });
});
