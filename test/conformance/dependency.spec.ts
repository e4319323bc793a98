import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dependencyFaults } from './dependency.js';
import { type Package, readWorkspace } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('finds no fault in the manifests and imports of this workspace', () => {
  const workspace = readWorkspace(root);
  expect(workspace.packages.map(({ directory }) => directory)).toContain('apps/crypto-worker');
  expect(workspace.packages.flatMap(({ sources }) => sources).length).toBeGreaterThan(50);
  expect(dependencyFaults(workspace)).toEqual([]);
});

describe('the rules can fail', () => {
  const bare = { dependencies: [], devDependencies: [], sources: [] };
  const gateway: Package = { ...bare, directory: 'apps/gateway', name: '@ankasecure/gateway' };
  const worker: Package = { ...bare, directory: 'apps/crypto-worker', name: '@ankasecure/crypto-worker' };
  const contracts: Package = { ...bare, directory: 'libs/contracts', name: '@ankasecure/contracts' };
  const sdk: Package = { ...bare, directory: 'libs/sdk', name: '@ankasecure/sdk' };
  const cli: Package = { ...bare, directory: 'apps/cli', name: '@ankasecure/cli' };
  const local: Package = { ...bare, directory: 'deploy/local', name: '@ankasecure/local' };

  const faults = (of: Package, entries: string[] = []): string[] =>
    dependencyFaults({ entries, tools: ['vitest'], packages: [of] });
  const importing = (of: Package, path: string, ...imports: string[]): Package => ({
    ...of,
    sources: [{ path: `${of.directory}/${path}`, imports }],
  });

  it.each([
    [
      'an app that depends on an app',
      { ...gateway, dependencies: ['@ankasecure/policy'] },
      'may not depend on @ankasecure/policy',
    ],
    [
      'an app that ships the test library',
      { ...gateway, dependencies: ['@ankasecure/testing'] },
      'may not depend on @ankasecure/testing',
    ],
    [
      'a library that depends upwards',
      { ...contracts, dependencies: ['@ankasecure/service-kit'] },
      'may not depend on @ankasecure/service-kit',
    ],
    [
      'a pure library with a framework',
      { ...contracts, dependencies: ['@nestjs/common'] },
      'is pure and may not depend on @nestjs/common',
    ],
    [
      'a PKCS#11 package in another manifest',
      { ...gateway, devDependencies: ['pkcs11js'] },
      'PKCS#11 belongs to crypto-worker',
    ],
    ['a package nobody placed', { ...gateway, name: '@ankasecure/common' }, 'has no row in the table of edges'],
    [
      'a PKCS#11 import elsewhere',
      { ...importing(worker, 'src/key/create-key.ts', 'graphene-pk11'), dependencies: ['graphene-pk11'] },
      'is PKCS#11 outside',
    ],
    [
      'a path into another package',
      importing(gateway, 'src/main.ts', '../../policy/src/main.js'),
      'leaves its package',
    ],
    [
      'an import that is not declared',
      importing(gateway, 'src/main.ts', 'fastify/types'),
      'is not declared in apps/gateway/package.json',
    ],
    ['a test tool in shipped code', importing(gateway, 'src/main.ts', 'vitest'), 'is not declared'],
    [
      'a development package in shipped code',
      { ...importing(gateway, 'src/main.ts', 'jose'), devDependencies: ['jose'] },
      'is not declared',
    ],
    [
      'the test library in shipped code',
      { ...importing(gateway, 'src/main.ts', '@ankasecure/testing'), devDependencies: ['@ankasecure/testing'] },
      'is for tests only',
    ],
    [
      'a pure library that reads files',
      importing(contracts, 'src/key.ts', 'node:fs'),
      'does what a pure package may not',
    ],
    [
      'a pure library that opens sockets, without the prefix',
      importing(contracts, 'src/key.ts', 'net'),
      'does what a pure package may not',
    ],
    [
      'an SDK that knows the services',
      { ...sdk, dependencies: ['@ankasecure/contracts'] },
      'may not depend on @ankasecure/contracts',
    ],
    [
      'a command line that knows the services',
      { ...cli, dependencies: ['@ankasecure/contracts'] },
      'may not depend on @ankasecure/contracts',
    ],
    [
      'an SDK that browsers cannot load',
      importing(sdk, 'src/token/held-token.ts', 'node:crypto'),
      'is Node’s, outside',
    ],
    [
      'a bootstrap that needs a package',
      { ...importing(local, 'bootstrap/run.mjs', 'yaml'), dependencies: ['yaml'] },
      'before any is installed',
    ],
  ])('on %s', (_, of, fault) => {
    expect(faults(of)).toEqual([expect.stringContaining(fault)]);
  });

  it('on a stray entry at the top level', () => {
    expect(faults(contracts, ['README.md', 'tsconfig.base.json', 'utils'])).toEqual([
      'utils: does not belong at the top level',
    ]);
  });

  it('and find no fault in a sound workspace', () => {
    const spec = importing(gateway, 'src/main.spec.ts', 'vitest', '@ankasecure/testing', './main.js', 'node:fs');
    expect(faults({ ...spec, devDependencies: ['@ankasecure/testing'] })).toEqual([]);
    const custody = importing(worker, 'src/custody/pkcs11/module.ts', 'graphene-pk11', 'node:worker_threads');
    expect(faults({ ...custody, dependencies: ['graphene-pk11'] })).toEqual([]);
    expect(faults(importing(sdk, 'src/node/key-file.ts', 'node:fs/promises'))).toEqual([]);
  });
});
