import { configKeys, loadConfigPart, partitionName, StartFailure } from '@ankasecure/service-kit';
import { Partition, pkcs11Section, unknownPartition } from '../custody/partition.js';

/**
 * Reads the section of one partition, by the schema and the placeholders of the service. No other section is read.
 * @param name the partition that the file says is served, if undefined
 * @throws StartFailure
 */
export const readPartition = (file: string, name: string | undefined): Partition => {
  const served = name ?? loadConfigPart(file, ['partition'], partitionName.default('default'));
  const names = [
    ...configKeys(file, ['hsm']).flatMap((key) => (key === 'pkcs11' ? ['default'] : [])),
    ...configKeys(file, ['hsm', 'partitions']),
  ];
  if (!names.includes(served))
    throw new StartFailure('configuration', `configuration is not valid: the partition ${unknownPartition(names)}`);
  const path = served === 'default' ? ['hsm', 'pkcs11'] : ['hsm', 'partitions', served];
  return new Partition(served, loadConfigPart(file, path, pkcs11Section));
};
