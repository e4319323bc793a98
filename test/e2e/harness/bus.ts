import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import { BusClient, BusConnection, createLogger } from '@ankasecure/service-kit';
import { parse } from 'yaml';
import type { Rig } from './rig.js';

interface Configuration {
  readonly ankasecure: { readonly nats: { readonly servers: readonly string[]; readonly 'ca-file': string } };
}

/** Connects to a stack's bus with the nkey of a service, beside that service. */
export const connectAs = async (
  { dataDirectory }: Pick<Rig, 'dataDirectory'>,
  service: Exclude<Service, 'crypto-worker'>,
): Promise<BusClient> => {
  const files = join(dataDirectory, 'services', service);
  const { nats } = (parse(readFileSync(join(files, 'ankasecure.yaml'), 'utf8')) as Configuration).ankasecure;
  const nkeySeed = readFileSync(join(files, 'secrets/nats_seed'), 'utf8').trim();
  const config = { servers: [...nats.servers], caFile: nats['ca-file'], nkeySeed };
  return new BusClient(await BusConnection.open(service, config, createLogger(service, 'fatal')));
};
