import type { SealedEvent } from '@ankasecure/contracts';
import type { DeliveredEvent } from '../connector.js';
import { cefOf } from './cef.js';

/** Receivers cut or close above 64 KiB, and what rsyslog cuts off becomes records of its own. */
export const mostFrameBytes = 60 * 1024;

/** Facility 13 is `log audit` (RFC 5424 §6.2.1); severity 5 is notice, 4 is warning. */
const priorities: Readonly<Record<SealedEvent['outcome'], number>> = { success: 109, failure: 108, unknown: 108 };

/** A MSGID is printable ASCII without spaces, of 32 characters at most; `-` for none. */
const messageIdOf = (operation: string): string => (/^[!-~]{1,32}$/.test(operation) ? operation : '-');

/**
 * An event as a syslog message (RFC 5424) in a frame with its length (RFC 5425 §4.3). The text is UTF-8 without a byte order mark: a
 * parser of CEF would not find its beginning behind one.
 */
export const syslogFrame = (event: DeliveredEvent): Buffer => {
  const { outcome, occurredAt, operation } = event;
  const header = `<${priorities[outcome]}>1 ${occurredAt} ankasecure ankasecure - ${messageIdOf(operation)} -`;
  const message = Buffer.from(`${header} ${cefOf(event)}`);
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
};
