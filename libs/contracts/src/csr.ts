import { z } from 'zod';
import { contract } from './bus.js';
import { used, version } from './crypto-item.js';
import { jwsAlg, text, uuid } from './primitive.js';
import { atLeastOne } from './rule.js';

/** The most relative distinguished names of a subject, and the most names of each kind beside it. */
export const maxNames = { subject: 32, ofKind: 100 } as const;

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
/** A host name in the preferred syntax (RFC 1034 §3.5, RFC 1123 §2.1). The last label has a letter: an IPv4 address is no host name. */
const host = `(?!(?:[^.]*\\.)*[0-9]+$)${label}(?:\\.${label})*`;
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const uriCharacters = "(?:[A-Za-z0-9._~:/?#[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+";

const form = (pattern: string, max: number, fault: string) =>
  z
    .string()
    .max(max)
    .regex(new RegExp(`^${pattern}$`), fault);

const dnsName = form(`(?:\\*\\.)?${host}`, 253, 'must be a host name, whose first label may be *');
const email = form(
  `(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@${host}`,
  254,
  'must be a mailbox in ASCII, such as ops@example.com',
);
/** RFC 5280 §4.2.1.6: absolute, and an authority has a host. */
const uri = form(
  `[A-Za-z][A-Za-z0-9+.-]*:(?!//(?:[/?#]|$))${uriCharacters}`,
  512,
  'must be an absolute URI in ASCII (RFC 3986), with a host after //',
);
const ip = z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address');

const printable = (max: number) =>
  form(
    "[A-Za-z0-9'()+,./:=?-](?:[A-Za-z0-9 '()+,./:=?-]*[A-Za-z0-9'()+,./:=?-])?",
    max,
    "must be letters, digits, inner spaces and '()+,-./:=?",
  );

/** Attributes of names (RFC 4514 §3, RFC 5280 appendix A), with the upper bounds of RFC 5280. */
const attributes = {
  CN: text(64).describe('Common name.'),
  C: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two upper-case letters (ISO 3166)')
    .describe('Country (ISO 3166).'),
  ST: text(128).describe('State or province.'),
  L: text(128).describe('Locality.'),
  STREET: text(128).describe('Street.'),
  O: text(64).describe('Organization.'),
  OU: text(64).describe('Organizational unit.'),
  DC: form(label, 63, 'must be one label of a host name').describe('Domain component (RFC 4519): one label.'),
  UID: text(256).describe('User id.'),
  serialNumber: printable(64).describe('Serial number of the subject.'),
  organizationIdentifier: text(256).describe('Identifier of the organization (ETSI EN 319 412-1).'),
  title: text(64).describe('Title.'),
  SN: text(128).describe('Surname.'),
  GN: text(128).describe('Given name.'),
  emailAddress: email.describe('E-mail address. A subject alternative name is where most programs look for it.'),
} as const;

export type NameAttribute = keyof typeof attributes;

type Optional<Shape extends z.ZodRawShape> = { [Name in keyof Shape]: z.ZodOptional<Shape[Name]> };
const optional = <Shape extends z.ZodRawShape>(shape: Shape): Optional<Shape> =>
  Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, z.optional(schema)])) as Optional<Shape>;

const isNotEmpty = (value: object): boolean => Object.values(value).some((member) => member !== undefined);

const relativeName = z
  .strictObject(optional(attributes))
  .refine(isNotEmpty, 'must have an attribute')
  .meta({ id: 'RelativeName', minProperties: 1 })
  .describe('One relative distinguished name. Nearly always it has one attribute.');

const namesOf = <Name extends z.ZodType>(name: Name) => z.array(name).min(1).max(maxNames.ofKind).optional();

const alternativeNames = z
  .strictObject({
    dns: namesOf(dnsName).describe('Host names. The first label can be *. International names are A-labels (xn--).'),
    ip: namesOf(ip).describe('IPv4 and IPv6 addresses.'),
    email: namesOf(email).describe('Mailboxes.'),
    uri: namesOf(uri).describe('Absolute URIs, such as spiffe://example.org/billing.'),
  })
  .refine(isNotEmpty, 'must have a name')
  .meta({ id: 'SubjectAltNames', minProperties: 1 });

const shape = {
  subject: z
    .array(relativeName)
    .min(1)
    .max(maxNames.subject)
    .optional()
    .describe('The subject, in the order of its encoding: country first, common name last. Default: empty.'),
  subjectAltNames: alternativeNames
    .optional()
    .describe('Subject alternative names (RFC 5280, section 4.2.1.6). Required with an empty subject.'),
  alg: jwsAlg
    .optional()
    .describe('The signature algorithm, by its JOSE name: one of the key’s algs. Default: the first.'),
  version: version.describe(
    'The version of the key that must sign. Only the current version signs. Default: that one.',
  ),
};

const namesSubject = ({ subject, subjectAltNames }: { subject?: unknown; subjectAltNames?: unknown }): boolean =>
  subject !== undefined || subjectAltNames !== undefined;
const nameSubject = 'send subject, subjectAltNames or both';

export const csrItem = z.strictObject({ id: uuid, ...shape }).refine(namesSubject, nameSubject);

export const csrResult = z
  .strictObject({
    pem: z.string().describe('The certification request in PEM (RFC 7468, section 7).'),
    der: z.string().describe('The same in DER, in base64 with padding (RFC 4648, section 4).'),
    ...used,
    alg: jwsAlg,
  })
  .meta({ id: 'CsrResult' });

/** A certification request (PKCS#10, RFC 2986) for a key's public key, which the key signs. */
export const requestCertificate = {
  body: z
    .strictObject(shape)
    .refine(namesSubject, nameSubject)
    .meta({ id: 'CsrRequest', ...atLeastOne('subject', 'subjectAltNames') }),
  contract: contract({
    owner: 'crypto-worker',
    callers: ['gateway'],
    subject: 'crypto.{partition}.csr',
    request: csrItem,
    reply: csrResult,
  }),
};

export type CsrItem = z.infer<typeof csrItem>;
export type CsrResult = z.infer<typeof csrResult>;
