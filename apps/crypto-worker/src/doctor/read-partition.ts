import { loadConfigPart, partitionName } from '@ankasecure/service-kit';
import { Partition, pkcs11Section } from '../custody/partition.js';

/**
 * Reads the section of one partition, by the schema and the placeholders of the service. No other section is read.
 * @param name the partition that the file says is served, if undefined
 * @throws StartFailure
 */
export const readPartition = (file: string, name: string | undefined): Partition => {
  const served = name ?? loadConfigPart(file, ['partition'], partitionName.default('default'));
  const path = served === 'default' ? ['hsm', 'pkcs11'] : ['hsm', 'partitions', served];
  return new Partition(served, loadConfigPart(file, path, pkcs11Section));
};
