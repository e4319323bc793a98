import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Package, Source, Workspace } from './workspace.js';

const scope = '@ankasecure/';
const pure = ['algorithm', 'policy-rules', 'contracts', 'audit-event'];

/** The packages that each package may use at run time. Tests may also use `testing`. Dependencies go down only, and no app uses an app. */
const edges: Readonly<Record<string, readonly string[]>> = {
  algorithm: [],
  'policy-rules': ['algorithm'],
  contracts: ['algorithm', 'policy-rules'],
  'audit-event': ['algorithm', 'contracts'],
  'service-kit': ['contracts', 'audit-event'],
  gateway: [...pure, 'service-kit'],
  policy: [...pure, 'service-kit'],
  'crypto-worker': [...pure, 'service-kit'],
  audit: [...pure, 'service-kit'],
  local: pure,
  testing: [...pure, 'service-kit', 'local'],
  // What customers install knows nothing of the services but their API.
  sdk: [],
  cli: ['sdk'],
  test: [...pure, 'service-kit', 'local', 'testing', 'sdk', 'cli'],
};

const topLevel =
  /^(package(-lock)?\.json|nx\.json|tsconfig(\..+)?\.json|apps|libs|deploy|docker-compose\.yml|test|README\.md|LICENSE)$/;

/** Pure packages only compute. They do no I/O and use no framework. */
const purePackages = ['zod'];
const pureBuiltins = ['node:crypto', 'node:buffer', 'node:util'];

const pkcs11Packages = ['graphene-pk11', 'koffi', 'pkcs11js'];
const pkcs11Owner = 'crypto-worker';
const pkcs11Folder = 'apps/crypto-worker/src/custody/pkcs11/';

/** The SDK runs in browsers too: what needs Node has a folder, and a subpath, of its own. */
const browserPackage = 'sdk';
const nodeFolder = 'libs/sdk/src/node/';

const bootstrap = /^deploy\/local\/bootstrap(\.mjs$|\/)/;
const testFile = /\.(spec|conformance|fixture)\.ts$|\/testing\/|^test\//;

/** The package of a specifier: `@scope/name/file` → `@scope/name`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const shortName = (name: string): string => name.replace(scope, '');
const isOurs = (name: string): boolean => name.startsWith(scope);

const manifestFaults = (of: Package): string[] => {
  const own = shortName(of.name);
  const allowed = edges[own];
  if (allowed === undefined) return [`${of.directory}: ${of.name} has no row in the table of edges`];
  const ours = (names: readonly string[]): string[] => names.filter(isOurs).map(shortName);
  const runs = ours(of.dependencies).filter((name) => !allowed.includes(name));
  const tests = ours(of.devDependencies).filter((name) => ![...allowed, 'testing'].includes(name));
  const strangers = pure.includes(own)
    ? of.dependencies.filter((name) => !isOurs(name) && !purePackages.includes(name))
    : [];
  const hsm =
    own === pkcs11Owner
      ? []
      : [...of.dependencies, ...of.devDependencies].filter((name) => pkcs11Packages.includes(name));
  return [
    ...[...runs, ...tests].map((name) => `${of.directory}: may not depend on ${scope}${name}`),
    ...strangers.map((name) => `${of.directory}: is pure and may not depend on ${name}`),
    ...hsm.map((name) => `${of.directory}: PKCS#11 belongs to ${pkcs11Owner}, and ${name} is in the manifest`),
  ];
};

const leavesPackage = (of: Package, { path }: Source, specifier: string): boolean =>
  !posix.join(posix.dirname(path), specifier).startsWith(`${of.directory}/`);

const importFault = (of: Package, source: Source, specifier: string, tools: readonly string[]): string | undefined => {
  const own = shortName(of.name);
  const isTest = testFile.test(source.path);
  if (specifier.startsWith('.')) return leavesPackage(of, source, specifier) ? 'leaves its package' : undefined;
  if (isBuiltin(specifier)) {
    if (own === browserPackage && !isTest && !source.path.startsWith(nodeFolder))
      return `is Node’s, outside ${nodeFolder}`;
    const allowed = isTest || !pure.includes(own) || pureBuiltins.includes(specifier);
    return allowed ? undefined : 'does what a pure package may not';
  }
  if (bootstrap.test(source.path)) return 'is a package, and the bootstrap runs before any is installed';
  const name = packageOf(specifier);
  if (pkcs11Packages.includes(name) && !source.path.startsWith(pkcs11Folder))
    return `is PKCS#11 outside ${pkcs11Folder}`;
  if (name === `${scope}testing` && !isTest) return 'is for tests only';
  const forTests = isTest || own === 'testing' ? [...of.devDependencies, ...tools] : [];
  return [...of.dependencies, ...forTests].includes(name)
    ? undefined
    : `is not declared in ${of.directory}/package.json`;
};

const sourceFaults = (of: Package, tools: readonly string[]): string[] =>
  of.sources.flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const fault = importFault(of, source, specifier, tools);
      return fault === undefined ? [] : [`${source.path}: ${specifier} ${fault}`];
    }),
  );

/** Every breach of the dependency rules, one line each. Nx tags alone would fail open. */
export const dependencyFaults = ({ entries, packages, tools }: Workspace): string[] => [
  ...entries.filter((name) => !topLevel.test(name)).map((name) => `${name}: does not belong at the top level`),
  ...packages.flatMap((of) => [...manifestFaults(of), ...sourceFaults(of, tools)]),
];
