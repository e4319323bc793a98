import type { CsrItem, NameAttribute } from '@ankasecure/contracts';
import { der, oid, sequence, setOf } from '../asn1/encode.js';
import { tags } from '../asn1/tags.js';

type RelativeName = NonNullable<CsrItem['subject']>[number];

interface AttributeForm {
  readonly type: Buffer;
  readonly tag: number;
}

const inUtf8 = (type: string): AttributeForm => ({ type: oid(type), tag: tags.utf8String });

/** The types of attributes and the strings they are written as (X.520; RFC 5280 §4.1.2.4 and appendix A.1; RFC 4519 §2). */
const forms: Readonly<Record<NameAttribute, AttributeForm>> = {
  CN: inUtf8('2.5.4.3'),
  SN: inUtf8('2.5.4.4'),
  serialNumber: { type: oid('2.5.4.5'), tag: tags.printableString },
  C: { type: oid('2.5.4.6'), tag: tags.printableString },
  L: inUtf8('2.5.4.7'),
  ST: inUtf8('2.5.4.8'),
  STREET: inUtf8('2.5.4.9'),
  O: inUtf8('2.5.4.10'),
  OU: inUtf8('2.5.4.11'),
  title: inUtf8('2.5.4.12'),
  GN: inUtf8('2.5.4.42'),
  organizationIdentifier: inUtf8('2.5.4.97'),
  UID: inUtf8('0.9.2342.19200300.100.1.1'),
  DC: { type: oid('0.9.2342.19200300.100.1.25'), tag: tags.ia5String },
  emailAddress: { type: oid('1.2.840.113549.1.9.1'), tag: tags.ia5String },
};

const attributeOf = (name: NameAttribute, value: string): Buffer =>
  sequence(forms[name].type, der(forms[name].tag, Buffer.from(value, 'utf8')));

const relativeNameOf = (relative: RelativeName): Buffer =>
  setOf(
    ...Object.entries(relative).flatMap(([name, value]) =>
      value === undefined ? [] : [attributeOf(name as NameAttribute, value)],
    ),
  );

/** A Name in DER (RFC 5280 §4.1.2.4). */
export const nameOf = (names: readonly RelativeName[]): Buffer => sequence(...names.map(relativeNameOf));
