import { expect, it, vi } from 'vitest';
import { importFailures } from '../../import-failure.js';
import { operationNumber, status } from '../job/job.js';
import { newJob } from '../lane/job-queue.js';
import { FailedJobs } from './failed-job.js';

it.each(Object.entries(importFailures))(
  'the log line of an import that is refused for %s names the request, its tenant and the reason',
  (code, sentence) => {
    const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const alarms = { logger } as never;
    const failed = new FailedJobs({} as never, {} as never, {} as never, alarms, {} as never);
    const reject = vi.fn();
    const budget = { deadline: 1, tenantId: 'a tenant', correlationId: 'invoice-run-47' };
    const request = { operation: operationNumber('import'), variant: 0, parts: [], slow: false };
    const job = newJob(budget, request, { resolve: vi.fn(), reject });
    const parts = [sentence, code].map((text) => Buffer.from(text));
    failed.answer(job, { status: status.badData, code: 0, micros: 0, parts }, 'import');
    expect(logger.warn).toHaveBeenCalledWith(
      {
        correlationId: 'invoice-run-47',
        tenantId: 'a tenant',
        operation: 'import',
        failureCode: `import-failed:${code}`,
        reason: sentence,
      },
      'imported material was refused',
    );
    expect(reject.mock.calls[0]?.[0]).toMatchObject({ code: 'decryption-failed' });
  },
);
