import { scrape } from './metric.js';
import type { Rig } from './rig.js';

/** The worker's own jobs: they run independently of requests, or check the seal of a record that a request loads. */
const ownJobs = ['canary', 'self-test', 'anchor', 'inspect', 'mac-record'];

/** The number of HSM jobs caused by callers' requests so far, by worker and kind. */
export const hsmCalls = async (rig: Rig): Promise<Readonly<Record<string, number>>> => {
  const scraped = rig.workers.map(async (worker) => {
    const samples = await scrape(rig.observability[worker] ?? '');
    return samples.map((sample) => ({ ...sample, worker }));
  });
  const counts: Record<string, number> = {};
  for (const { worker, name, labels, value } of (await Promise.all(scraped)).flat()) {
    const call = labels['call'] ?? '';
    if (name !== 'ankasecure_pkcs11_seconds_count' || ownJobs.includes(call)) continue;
    counts[`${worker} ${call}`] = (counts[`${worker} ${call}`] ?? 0) + value;
  }
  return counts;
};
