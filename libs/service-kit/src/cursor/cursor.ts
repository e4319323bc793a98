import { createHmac, timingSafeEqual } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';

/**
 * Signs positions in listings. Callers hold a cursor but cannot change it. The form is `position.mac`. The MAC binds tenant,
 * listing and filter, so a cursor works only in the listing that it comes from.
 */
export class CursorSeal {
  constructor(private readonly secret: string) {}

  seal(scope: CursorScope, position: string): string {
    const body = Buffer.from(position).toString('base64url');
    return `${body}.${this.mac(scope, body).toString('base64url')}`;
  }

  /** @throws AnkaError `cursor-invalid` */
  open(scope: CursorScope, cursor: string): string {
    const [body = '', mac = ''] = cursor.split('.');
    const given = Buffer.from(mac, 'base64url');
    const expected = this.mac(scope, body);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new AnkaError('cursor-invalid', 'Use the cursor of the previous page, with the same filter');
    return Buffer.from(body, 'base64url').toString();
  }

  private mac(scope: CursorScope, body: string): Buffer {
    const filter = Object.entries(scope.filter)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return createHmac('sha256', this.secret)
      .update(JSON.stringify([scope.tenantId, scope.listing, filter, body]))
      .digest();
  }
}

export interface CursorScope {
  readonly tenantId: string;
  readonly listing: string;
  readonly filter: Readonly<Record<string, unknown>>;
}
