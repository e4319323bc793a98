import type { SealedEvent } from '@ankasecure/contracts';
import type { DeliveredEvent } from '../connector.js';

/** The longest value of a custom string, in characters (ArcSight's CEF Implementation Standard). */
const mostString = 4000;

/** Control characters, and what breaks lines besides. CEF has escapes for two of them only. */
const control = /[\p{Cc}\u2028\u2029]/gu;

/** Writes control characters as JSON does: a terminal, or a parser of lines, may act on them. */
const visible = (text: string): string =>
  text.replaceAll(control, (letter) =>
    '\n\r'.includes(letter) ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const inHeader = (text: string): string =>
  visible(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll(/[\r\n]+/g, ' ');

/** An equals sign would begin another key, and a line break another record. */
const inExtension = (text: string): string =>
  visible(text).replaceAll('\\', '\\\\').replaceAll('=', '\\=').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

/** The severity of an outcome, from 0 to 10. */
const severities: Readonly<Record<SealedEvent['outcome'], number>> = { success: 3, failure: 6, unknown: 7 };

/** A custom string with its label, which every one needs. */
const custom = (number: number, label: string, value: string | null): readonly (readonly [string, string])[] =>
  value === null || value === ''
    ? []
    : [
        [`cs${number}`, value],
        [`cs${number}Label`, label],
      ];

/** Details that are too long for a field are in the trail, whose leaf hash covers them. */
const detailsOf = ({ details }: SealedEvent): string => {
  const text = JSON.stringify(details);
  return text.length <= mostString ? text : `{"omitted":"${text.length} characters, too many for CEF"}`;
};

/**
 * An event in the Common Event Format, version 0. The last value is never empty, because parsers that take the text up to the next key
 * need one.
 */
export const cefOf = (event: DeliveredEvent): string => {
  const { operation, outcome } = event;
  const header = [
    'CEF:0',
    'AnkaSecure',
    'AnkaSecure',
    '1',
    inHeader(operation),
    inHeader(`${operation} ${outcome}`),
    severities[outcome],
  ];
  const pairs: readonly (readonly [string, string])[] = [
    ['rt', String(Date.parse(event.occurredAt))],
    ['suser', event.userId],
    ['act', operation],
    ['outcome', outcome],
    ...(event.failureCode === null ? [] : [['reason', event.failureCode] as const]),
    ['externalId', event.eventId],
    ...custom(1, 'tenant', event.tenantId),
    ...custom(2, 'key', event.keyId),
    ...custom(3, 'algorithm', event.algorithm),
    ...custom(4, 'correlationId', event.correlationId),
    ...custom(5, 'hash', event.hash),
    ...custom(6, 'details', detailsOf(event)),
    ...(event.repeat === true
      ? ([
          ['cn2', '1'],
          ['cn2Label', 'repeat'],
        ] as const)
      : []),
    ['cn1', String(event.seq)],
    ['cn1Label', 'seq'],
  ];
  return `${header.join('|')}|${pairs.map(([key, value]) => `${key}=${inExtension(value)}`).join(' ')}`;
};
