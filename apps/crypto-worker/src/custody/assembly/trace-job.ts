import { activeSpan, recordSpan, type SpanPlan } from '@ankasecure/service-kit';
import type { Reply } from '../pkcs11/job/frame.js';
import type { OperationName } from '../pkcs11/job/job.js';
import { mainCallOf } from '../pkcs11/job/main-call.js';

/**
 * Records each job of a traced caller as a span of its PKCS#11 call, with mechanism and partition. A span holds no data, key or
 * label. Its time is that inside the lane, or of the whole wait if the job failed.
 */
export const traceJobs =
  (partition: string) =>
  (operation: OperationName, variant: number, answered: Promise<Reply>): Promise<Reply> =>
    activeSpan() === undefined ? answered : recorded({ partition, operation, variant }, answered);

interface TracedJob {
  readonly partition: string;
  readonly operation: OperationName;
  readonly variant: number;
}

const recorded = async (job: TracedJob, answered: Promise<Reply>): Promise<Reply> => {
  const asked = performance.now();
  try {
    const reply = await answered;
    recordSpan(spanOf(job, reply), reply.micros);
    return reply;
  } catch (error) {
    recordSpan(spanOf(job), (performance.now() - asked) * 1000, error);
    throw error;
  }
};

const spanOf = ({ partition, operation, variant }: TracedJob, reply?: Reply): SpanPlan => {
  const { name, mechanism } = mainCallOf(operation, variant, reply);
  return {
    name: `PKCS#11 ${name}`,
    kind: 'client',
    attributes: {
      'pkcs11.function': name,
      ...(mechanism !== undefined && { 'pkcs11.mechanism': `CKM_${mechanism}` }),
      'ankasecure.job': operation,
      'ankasecure.partition': partition,
    },
  };
};
