import type { ConnectorKind, SettingsOf } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { Connector, ConnectorParts } from '../connector.js';
import { openElastic } from '../elastic/elastic.connector.js';
import { openSplunk } from '../splunk/splunk.connector.js';

/** How a connector of each kind is made. */
type Openers = { readonly [Kind in ConnectorKind]: (parts: ConnectorParts<SettingsOf<Kind>>) => Promise<Connector> };

const openers: Openers = { splunk: openSplunk, elastic: openElastic };

/** Opens connectors by their kind. */
@Injectable()
export class ConnectorKinds {
  /** @throws Error for its owner, such as for a secret that is missing */
  open(parts: ConnectorParts): Promise<Connector> {
    const open = openers[parts.settings.kind] as (parts: ConnectorParts) => Promise<Connector>;
    return open(parts);
  }
}
