import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Service, services } from '@ankasecure/contracts';
import { builtKryoptic, type Stack, type StackOptions, startStack } from '@ankasecure/local';
import {
  createPkcs11Shim,
  type FaultProxy,
  type Pkcs11Shim,
  softHsmLibrary,
  startFaultProxy,
  testToken,
} from '@ankasecure/testing';
import type { Replacement } from '../../e2e/harness/restart.js';
import { addressOf, type OwnRig, rigAt } from '../../e2e/harness/rig.js';

/** A stack whose every connection and token call a test can disturb. */
export interface FaultRig extends OwnRig {
  /** The proxies of each service: to its database and to the bus. */
  readonly network: Readonly<Record<Service, { readonly database: FaultProxy; readonly bus: FaultProxy }>>;
  readonly token: Pkcs11Shim;
  /** Parts that took the place of killed ones. They end with the rig. */
  readonly replacements: Replacement[];
}

/** The library behind the shim. Another token than SoftHSM: `ANKASECURE_TOKEN=kryoptic`. */
const libraries = { softhsm: softHsmLibrary, kryoptic: builtKryoptic } as const;

/** The stack chooses its ports while it starts, and nothing connects before it has. */
const portReader = (dataDirectory: string) => {
  let ports: Record<string, number> = {};
  const read = async (): Promise<void> => {
    ports = JSON.parse(await readFile(join(dataDirectory, 'ports.json'), 'utf8')) as typeof ports;
  };
  return { read, of: (name: string) => (): number => ports[name] ?? 1 };
};

type Network = Record<Service, { database: FaultProxy; bus: FaultProxy }>;

const configurationOf = (network: Network, service: Service) => ({
  database: { port: network[service].database.port },
  nats: { servers: [`tls://127.0.0.1:${network[service].bus.port}`] },
});

const startNetwork = async (portOf: (name: string) => () => number): Promise<Network> => {
  const proxies = services.map(async (service) => {
    const [database, bus] = await Promise.all([
      startFaultProxy(portOf('PostgreSQL')),
      startFaultProxy(portOf('nats-server')),
    ]);
    return [service, { database, bus }] as const;
  });
  return Object.fromEntries(await Promise.all(proxies)) as Network;
};

const optionsOf = (network: Network, token: Pkcs11Shim): StackOptions => ({
  workers: 2,
  tokens: { default: testToken() },
  services: {
    gateway: { configuration: configurationOf(network, 'gateway') },
    policy: { configuration: configurationOf(network, 'policy') },
    audit: { configuration: configurationOf(network, 'audit') },
    'crypto-worker': {
      environment: token.env,
      configuration: {
        ...configurationOf(network, 'crypto-worker'),
        hsm: { pkcs11: { 'library-path': token.libraryPath } },
      },
    },
  },
});

export const startFaultRig = async (): Promise<FaultRig> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'anka-faults-'));
  const ports = portReader(dataDirectory);
  const network = await startNetwork(ports.of);
  const token = createPkcs11Shim(libraries[testToken()]());
  const stops: (() => Promise<void> | void)[] = [
    () => rm(dataDirectory, { recursive: true, force: true }),
    () => token.remove(),
    ...Object.values(network).flatMap(({ database, bus }) => [() => database.stop(), () => bus.stop()]),
  ];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const step: StackOptions['step'] = async (_, work) => {
      const result = await work();
      await ports.read();
      return result;
    };
    const stack: Stack = await startStack({ ...optionsOf(network, token), dataDirectory, step });
    stops.push(() => stack.stop());
    const replacements: Replacement[] = [];
    stops.push(async () => {
      for (const one of replacements) await one.stop();
    });
    return { ...(await rigAt(await addressOf(stack))), stack, network, token, replacements, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
