import { Counter, type Registry } from 'prom-client';

const name = 'ankasecure_record_rejected_total';

/** The alarm metric for records that are refused. There is one per registry, whoever asks first. */
export const rejectedRecords = (registry: Registry): Counter<'kind' | 'reason'> => {
  const known = registry.getSingleMetric(name);
  if (known instanceof Counter) return known;
  return new Counter({
    name,
    help: 'Records of the database that were refused',
    labelNames: ['kind', 'reason'],
    registers: [registry],
  });
};
