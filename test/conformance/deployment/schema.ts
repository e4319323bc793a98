import { type Service, services } from '@ankasecure/contracts';
import { serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';

/** The path of each service's schema. Nothing may depend on an app, so the test imports it by path. */
const places: Record<Service, readonly [file: string, name: string]> = {
  gateway: ['gateway.config.ts', 'gatewayConfig'],
  policy: ['config.ts', 'policyConfig'],
  'crypto-worker': ['config.ts', 'workerConfig'],
  audit: ['config.ts', 'auditConfig'],
};

const sourceOf = (service: Service, file: string): string =>
  new URL(`../../../apps/${service}/src/${file}`, import.meta.url).pathname;

export const schemaOf = async (service: Service): Promise<z.ZodType> => {
  const [file, name] = places[service];
  const module = (await import(/* @vite-ignore */ sourceOf(service, file))) as Record<string, unknown>;
  const schema = module[name];
  if (!(schema instanceof z.ZodType)) throw new Error(`apps/${service}/src/${file} exports no schema ${name}`);
  return schema;
};

/** The schema of the configuration of `migrate`. */
export const migrationSchema = z.strictObject({ database: serviceConfig.shape.database.required({ owner: true }) });

export interface ProfileRow {
  readonly name: string;
  readonly evidence: 'run' | 'documented';
  readonly library: string;
}

const profileModule = (): Promise<{ profiles: readonly ProfileRow[]; standard: object }> =>
  import(/* @vite-ignore */ sourceOf('crypto-worker', 'custody/pkcs11/profile/profile.ts'));

export const vendorProfiles = async (): Promise<readonly ProfileRow[]> => (await profileModule()).profiles;

/** What a profile says that says nothing of its own. */
export const standardProfile = async (): Promise<object> => (await profileModule()).standard;

type ReadPartition = (file: string, name: string | undefined) => { hsm: object };

/** Reads the section of a partition and nothing else of the file, as `hsm doctor` does. */
export const partitionReader = async (): Promise<ReadPartition> => {
  const module = (await import(/* @vite-ignore */ sourceOf('crypto-worker', 'doctor/read-partition.ts'))) as {
    readPartition: ReadPartition;
  };
  return module.readPartition;
};

/** The service that a compose service runs: `policy-migrate` runs policy. */
export const runs = (name: string): Service | undefined =>
  services.find((service) => name === service || name === `${service}-migrate`);
