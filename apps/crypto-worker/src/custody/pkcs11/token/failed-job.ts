import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { importFailed } from '../../import-failed.js';
import { ckrName } from '../cryptoki/ckr.js';
import type { Reply } from '../job/frame.js';
import { operations, status } from '../job/job.js';
import { type Job, settle } from '../lane/job-queue.js';
import type { LanePool } from '../lane/lane-pool.js';
import { type Alarms, blobRefused, objectRefused } from './alarm.js';
import type { Health } from './health.js';
import type { LateObjects } from './late-object.js';
import { type Recovery, unavailable } from './recovery.js';

/** The token is ours and answers, and the object is not there. */
const objectMissing = (): AnkaError => new AnkaError('key-not-found', 'The key’s object is missing from the token.');

/** For logs: the call and its return value, or what is wrong with the data, never data. */
const describe = (reply: Reply): string => {
  const detail = Buffer.from(reply.parts[0] ?? []).toString();
  return reply.code === 0 ? detail : `${detail}: ${ckrName(reply.code)}`;
};

/** Acts on the status of a job that failed in a lane, then answers it or puts it back, once. */
export class FailedJobs {
  constructor(
    private readonly pool: LanePool,
    private readonly recovery: Recovery,
    private readonly health: Health,
    private readonly alarms: Alarms,
    private readonly late: LateObjects,
  ) {}

  answer(job: Job, reply: Reply, operation: string): void {
    const again = job.attempts === 0;
    switch (reply.status) {
      case status.badDataCanary:
        void this.health.ask();
        return settle(job, this.badData(job, reply, operation));
      case status.badData:
        return settle(job, this.badData(job, reply, operation));
      case status.blobRefused:
        return settle(job, blobRefused(this.alarms, operation));
      case status.objectRefused:
        return settle(job, objectRefused(this.alarms, operation, describe(reply)));
      case status.keyMissing:
        if (again && this.late.mayExist) return void this.late.show().then(() => this.again(job));
        return this.afterCanary(job, this.health.ask(), objectMissing());
      case status.skipped:
        if (job.deadline > monotonicNow()) this.pool.putBack(job);
        else settle(job, new AnkaError('hsm-timeout'));
        return;
      case status.needsLogin:
        this.recovery.login(job.loginEpoch);
        return again ? this.again(job) : settle(job, unavailable());
      case status.needsReinitialise:
        void this.recovery.reinitialise(describe(reply)).then(() => this.health.check());
        return again && operations[job.operation]?.repeatable && operation !== 'canary'
          ? this.again(job)
          : settle(job, unavailable());
      case status.stop:
        this.recovery.stop(describe(reply));
        return settle(job, unavailable());
      default:
        this.alarms.logger.error({ operation, reason: describe(reply) }, 'the HSM refused a call');
        // The canary cannot wait for itself.
        if (operation === 'canary') settle(job, new AnkaError('hsm-error'));
        else this.afterCanary(job, this.health.checkAnew(), new AnkaError('hsm-error'));
    }
  }

  /** Imported material is refused with the reason for the audit trail and the log; any other data without one. */
  private badData({ tenant: tenantId, correlationId }: Job, reply: Reply, operation: string): AnkaError {
    const [, reason] = reply.parts;
    if (reason === undefined) return new AnkaError('decryption-failed');
    const code = Buffer.from(reason).toString();
    const failureCode = `import-failed:${code}`;
    const fields = { correlationId, tenantId, operation, failureCode, reason: describe(reply) };
    this.alarms.logger.warn(fields, 'imported material was refused');
    return importFailed(code);
  }

  /** The failure is the job's own only if the token is well. Otherwise the same call may succeed later. */
  private afterCanary(job: Job, canary: Promise<boolean>, error: AnkaError): void {
    void canary.then((passed) => settle(job, passed ? error : unavailable()));
  }

  private again(job: Job): void {
    if (this.recovery.state === 'stopped') return settle(job, unavailable());
    job.attempts++;
    this.pool.putBack(job);
  }
}
