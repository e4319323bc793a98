import { posix } from 'node:path';
import type { Package, Source } from './workspace.js';

/**
 * The floors of each app, lowest first. A folder imports from lower floors only, never from its own floor or a higher one.
 * Files at the root of `src` (the module, the configuration, `main.ts`) stand on top of all floors. A folder without a place
 * here is a fault.
 */
export const floors: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'apps/crypto-worker': [
    ['deadline', 'access', 'jose', 'asn1', 'lease', 'migrations'],
    ['turn'],
    ['custody'],
    ['group', 'doctor'],
    ['key', 'hsm'],
    ['policy', 'quota', 'envelope', 'kem', 'signature'],
    ['outcome'],
    ['object', 'grant', 'alias', 'certificate'],
    ['platform-key'],
    ['making', 'anchor', 'audit-mac', 'checkpoint', 'access-token', 'record'],
    ['life', 'operation'],
    ['kek', 'policy-change', 'crypto'],
    ['restore'],
  ],
  'apps/gateway': [
    ['problem', 'identity', 'sweep', 'outbound', 'migrations'],
    ['http', 'quota'],
    ['auth'],
    ['route'],
    ['key', 'crypto', 'policy', 'audit', 'tenant', 'approval', 'idempotency', 'hsm'],
    ['key-set', 'service-account', 'issuer', 'record'],
    ['access-token', 'exclusion', 'restore'],
    ['admission'],
    ['routes'],
    ['api-description'],
  ],
  'apps/policy': [['tenant', 'migrations'], ['policy'], ['tenancy']],
  'apps/audit': [
    ['reporter', 'trail', 'migrations'],
    ['mac'],
    ['end', 'proof'],
    ['anchor'],
    ['record'],
    ['event', 'listing', 'verification', 'checkpoint'],
    ['acceptance', 'intake', 'connector'],
  ],
  'apps/cli': [['terminal'], ['output', 'profile'], ['context'], ['command']],
};

/** The number of sources above which a folder should be divided. */
export const mostSources = 15;

/** Tests and schema migrations are not counted. */
const notShipped = /\.(spec|conformance|fixture)\.ts$|\/testing\/|\/migrations\//;

/** A module stands on top of its folder: it wires what lies below it and beside it. */
const wiring = /\.module\.ts$/;

interface Import {
  /** The importing file, relative to the package's `src`. */
  readonly from: string;
  /** The imported file, relative to the package's `src`. */
  readonly to: string;
}

const sourceRoot = ({ directory }: Package): string => `${directory}/src/`;

const shipped = (of: Package): readonly Source[] =>
  of.sources.filter(({ path }) => path.startsWith(sourceRoot(of)) && path.endsWith('.ts') && !notShipped.test(path));

const importsOf = (of: Package): readonly Import[] =>
  shipped(of).flatMap(({ path, imports }) =>
    imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({
        from: path.slice(sourceRoot(of).length),
        to: posix.join(posix.dirname(path), specifier).slice(sourceRoot(of).length),
      })),
  );

/** The top folder of a file; empty for a file at the root. */
const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] as string) : '');

const floorFaultsOf = (of: Package, table: readonly (readonly string[])[]): string[] => {
  const floorOf = new Map(table.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));
  const rooms = new Set(shipped(of).map(({ path }) => roomOf(path.slice(sourceRoot(of).length))));
  const homeless = [...rooms].filter((room) => room !== '' && !floorOf.has(room));
  const upward = importsOf(of).filter(({ from, to }) => {
    const [upper, lower] = [roomOf(from), roomOf(to)];
    if (upper === '' || upper === lower) return false;
    return lower === '' || (floorOf.get(lower) ?? 0) >= (floorOf.get(upper) ?? 0);
  });
  return [
    ...homeless.map((room) => `${sourceRoot(of)}${room}: has no floor`),
    ...upward.map(({ from, to }) => `${sourceRoot(of)}${from}: imports ${to}, which is not on a lower floor`),
  ];
};

/** Folders of one package that reach themselves through imports of others, at any depth. */
export const circlesOf = (of: Package): readonly (readonly string[])[] => {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of importsOf(of)) {
    const [a, b] = [posix.dirname(from), posix.dirname(to)];
    if (a !== b && a !== '.' && !wiring.test(from)) edges.set(a, (edges.get(a) ?? new Set()).add(b));
  }
  const reachedFrom = (start: string): Set<string> => {
    const seen = new Set<string>();
    const next = [...(edges.get(start) ?? [])];
    for (let folder = next.pop(); folder !== undefined; folder = next.pop()) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      next.push(...(edges.get(folder) ?? []));
    }
    return seen;
  };
  const reached = new Map([...edges.keys()].map((folder) => [folder, reachedFrom(folder)]));
  const inCircle = [...edges.keys()].filter((folder) => reached.get(folder)?.has(folder));
  const circles: string[][] = [];
  for (const folder of inCircle) {
    const mates = circles.find(
      ([first]) =>
        first !== undefined && reached.get(first)?.has(folder) === true && reached.get(folder)?.has(first) === true,
    );
    if (mates === undefined) circles.push([folder]);
    else mates.push(folder);
  }
  return circles;
};

/** Folders with more sources than one folder may hold. */
export const crowdedOf = (of: Package): readonly string[] => {
  const count = new Map<string, number>();
  for (const { path } of shipped(of)) count.set(posix.dirname(path), (count.get(posix.dirname(path)) ?? 0) + 1);
  return [...count]
    .filter(([, sources]) => sources > mostSources)
    .map(([folder, sources]) => `${folder}: ${sources} sources`);
};

/** Every breach of the floors, one line each. */
export const floorFaults = (packages: readonly Package[]): string[] => {
  const apps = packages.filter(({ directory }) => directory.startsWith('apps/'));
  return apps.flatMap((of) => {
    const table = floors[of.directory];
    return [
      ...(table === undefined ? [`${of.directory}: has no table of floors`] : floorFaultsOf(of, table)),
      ...circlesOf(of).map((circle) => `${sourceRoot(of)}: a circle of ${circle.join(', ')}`),
      ...crowdedOf(of),
    ];
  });
};
