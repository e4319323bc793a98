import { monotonicNow } from '@ankasecure/contracts';
import { BoundedMap } from '../memory/bounded-map.js';
import type { LoadedRecord } from './record-claim.js';

/** The most forms that are remembered. */
const capacity = 20_000;
/** The time after which the trail should name a form, in milliseconds. */
const forMs = 60_000;

/** The forms that this process has sealed a short time ago. Their changes may have failed. */
export class OwnForms {
  private readonly forms = new BoundedMap<string, { readonly digest: string; readonly at: number }>(capacity);

  wrote(record: LoadedRecord): void {
    this.forms.set(nameOf(record), { digest: record.digest, at: monotonicNow() });
  }

  /** Whether it is the last form of the record that was sealed here. A digest binds the revision. */
  has(record: LoadedRecord): boolean {
    const own = this.forms.get(nameOf(record));
    return own?.digest === record.digest && monotonicNow() - own.at < forMs;
  }
}

const nameOf = ({ tenantId, kind, id }: LoadedRecord): string => `${tenantId}/${kind}/${id}`;
