import type { ConnectorKind, SettingsOf } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { openArcsight } from '../arcsight/arcsight.connector.js';
import type { Connector, ConnectorParts } from '../connector.js';
import { openElastic } from '../elastic/elastic.connector.js';
import { openOtlp } from '../otlp/otlp.connector.js';
import { openSentinel } from '../sentinel/sentinel.connector.js';
import { openSplunk } from '../splunk/splunk.connector.js';
import { openWebhook } from '../webhook/webhook.connector.js';

/** How a connector of each kind is made. */
type Openers = { readonly [Kind in ConnectorKind]: (parts: ConnectorParts<SettingsOf<Kind>>) => Promise<Connector> };

const openers: Openers = {
  splunk: openSplunk,
  elastic: openElastic,
  arcsight: openArcsight,
  otlp: openOtlp,
  webhook: openWebhook,
  sentinel: openSentinel,
};

/** Opens connectors by their kind. */
@Injectable()
export class ConnectorKinds {
  /** @throws Error for its owner, such as for a secret that is missing */
  open(parts: ConnectorParts): Promise<Connector> {
    const open = openers[parts.settings.kind] as (parts: ConnectorParts) => Promise<Connector>;
    return open(parts);
  }
}
