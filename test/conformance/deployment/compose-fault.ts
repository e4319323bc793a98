import type { Compose, ComposeService } from './compose.js';
import { numericUser } from './dockerfile.js';

/** Services that run to their end, and that another service waits for. */
export const oneShots = (compose: Compose): ReadonlySet<string> =>
  new Set(
    Object.values(compose.services).flatMap(({ depends_on }) =>
      Object.entries(depends_on)
        .filter(([, { condition }]) => condition === 'service_completed_successfully')
        .map(([name]) => name),
    ),
  );

type Rule = readonly [breach: string, broken: (service: ComposeService, name: string, compose: Compose) => boolean];

const checked = ({ healthcheck }: ComposeService): boolean => 'test' in healthcheck;

/** The rules for every service. */
const hardening: readonly Rule[] = [
  ['runs as root, or as a user without a number', ({ user }) => !numericUser.test(user)],
  ['may write to its root file system', ({ read_only }) => !read_only],
  ['keeps capabilities', ({ cap_drop }) => cap_drop.join() !== 'ALL'],
  ['may gain privileges', ({ security_opt }) => !security_opt.includes('no-new-privileges:true')],
  ['has no /tmp', ({ tmpfs }) => !tmpfs.some((entry) => entry.startsWith('/tmp:'))],
  ['has an image without an exact tag', ({ image, build }) => !build && !/:[^:/]*\d+\.\d+[^:/]*$/.test(image)],
  ['could be pulled from a public registry', ({ image, build }) => !!build && !image.startsWith('localhost/')],
  ['has no health check', (service, name, compose) => !oneShots(compose).has(name) && !checked(service)],
  [
    'runs once and is restarted for ever',
    ({ restart }, name, compose) => oneShots(compose).has(name) && !restart.startsWith('on-failure'),
  ],
  ['publishes a port', ({ ports }, name) => name !== 'gateway' && ports.length > 0],
  [
    'reaches out of its host',
    ({ networks = [] }, name, compose) =>
      name !== 'gateway' && networks.some((network) => compose.networks[network]?.internal !== true),
  ],
  [
    'has no network and is not told so',
    ({ networks, network_mode }) => (networks === undefined) === (network_mode === undefined),
  ],
];

const hardeningFaults = (compose: Compose): string[] =>
  Object.entries(compose.services).flatMap(([name, service]) =>
    hardening.filter(([, broken]) => broken(service, name, compose)).map(([breach]) => `${name}: ${breach}`),
  );

const kinds = ['networks', 'volumes', 'configs', 'secrets'] as const;

const used: Record<(typeof kinds)[number], (service: ComposeService) => readonly string[]> = {
  networks: ({ networks = [] }) => networks,
  volumes: ({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''),
  configs: ({ configs }) => configs.map(({ source }) => source),
  secrets: ({ secrets }) => secrets.map(({ source }) => source),
};

/** Names that are used and not declared, or declared and not used. */
const declarationFaults = (compose: Compose): string[] =>
  kinds.flatMap((kind) => {
    const declared = Object.keys(compose[kind]);
    const users = Object.entries(compose.services).flatMap(([name, service]) =>
      used[kind](service).map((of) => ({ name, of })),
    );
    return [
      ...users.filter(({ of }) => !declared.includes(of)).map(({ name, of }) => `${name}: ${kind} has no ${of}`),
      ...declared.filter((of) => !users.some((user) => user.of === of)).map((of) => `${of}: of ${kind}, is not used`),
    ];
  });

const dependencyFaults = (compose: Compose): string[] =>
  Object.entries(compose.services).flatMap(([name, { depends_on }]) =>
    Object.entries(depends_on).flatMap(([other, { condition }]) => {
      const service = compose.services[other];
      if (service === undefined) return [`${name}: waits for ${other}, which is not there`];
      return condition === 'service_healthy' && !checked(service)
        ? [`${name}: waits for the health of ${other}, which has no check`]
        : [];
    }),
  );

/** Every breach of the deployment's rules in docker-compose.yml, one line each. */
export const composeFaults = (compose: Compose): string[] => [
  ...hardeningFaults(compose),
  ...declarationFaults(compose),
  ...dependencyFaults(compose),
];
