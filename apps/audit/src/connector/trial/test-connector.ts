import { AnkaError, auditEvent, type ConnectorTest, type Context } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { AppendEvents } from '../../event/append-events.js';
import { ProvePage } from '../../proof/prove-page.js';
import { ReadLimit } from '../../trail/read-limit.js';
import { assertMayChange } from '../change/may-change.js';
import { SealedConnectors } from '../change/sealed-connectors.js';
import { ConfiguredConnectors } from '../delivery/configured-connectors.js';
import { DeliveryDatabase } from '../delivery/delivery-database.js';
import { readOwnEvent } from './own-event.js';
import { sendOnce } from './send-once.js';

const operation = 'connector.test';
/** The time of an attempt, in milliseconds. The route's is longer by what it takes to seal and to prove an event. */
const attemptMs = 10_000;

/**
 * Sends an event that says it is a test to the receiver of a connector. It is sealed first, as any other event, so nothing is ever sent
 * that is not in the trail; and it is sent over a connection of its own, so no delivery waits for a test.
 */
@Injectable()
export class TestConnector {
  private readonly limit = new ReadLimit({ what: 'tests of connectors', perTenant: 1, inAll: 4 });

  constructor(
    private readonly connectors: SealedConnectors,
    private readonly configured: ConfiguredConnectors,
    private readonly appender: AppendEvents,
    private readonly database: DeliveryDatabase,
    private readonly pages: ProvePage,
  ) {}

  /**
   * @throws AnkaError `connector-not-found`, `access-denied`, `record-forged`; `service-unavailable` while another test of the tenant
   * runs, or too many of others
   */
  test(context: Context, id: string): Promise<ConnectorTest> {
    return this.limit.run(context.tenantId, async () => {
      assertMayChange(context);
      const record = await this.connectors.found(context, id);
      const sealed = auditEvent(context, { operation, details: { connectorId: id } });
      await this.appender.sealOwn(context, sealed);
      const event = await readOwnEvent(this.database.dataSource, this.pages, context, sealed);
      if (event === undefined)
        throw new AnkaError('service-unavailable', 'The test event was sealed, and cannot be read and proved now.');
      const start = performance.now();
      const open = () => this.configured.openAside(record, attemptMs);
      const attempt = await sendOnce(open, event, attemptMs);
      const { eventId, seq } = event;
      return { id, eventId, seq, ...attempt, tookMs: Math.round(performance.now() - start) };
    });
  }
}
