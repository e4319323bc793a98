import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import { freePort } from '@ankasecure/local';
import type { ExitReason } from '@ankasecure/service-kit';
import type { Files } from './copied-process.js';

/** A fault of the configuration, and what the sentence says. */
export interface Fault {
  readonly reason: ExitReason;
  readonly name: string;
  /** Default: every service of the row. */
  readonly services?: readonly Service[];
  readonly make: (files: Files) => void | Promise<void>;
  readonly says: RegExp;
}

const nowhere = '/nowhere/at/all';

/** One fault per way in which a row of `exitCodes` comes about. */
export const faults: readonly Fault[] = [
  {
    reason: 'configuration',
    name: 'an unknown key',
    make: ({ set }) => set('databse', {}),
    says: /ankasecure: unknown key databse/,
  },
  {
    reason: 'configuration',
    name: 'a shell’s default as a placeholder',
    make: ({ set }) => set('database.password', '${db_password:-x}'),
    says: /ankasecure\.database\.password uses a shell’s form/,
  },
  {
    reason: 'configuration',
    name: 'a secret without a value',
    make: ({ set }) => set('nats.nkey-seed', '${nats_sed}'),
    says: /ankasecure\.nats\.nkey-seed: \$\{nats_sed\} has no value/,
  },
  {
    reason: 'configuration',
    name: 'a secret file with two lines',
    make: ({ secret }) => secret('db_password', 'canary-one\ncanary-two\n'),
    says: /the secret file db_password has more than one line/,
  },
  {
    reason: 'configuration',
    name: 'a PIN with a second line break',
    services: ['crypto-worker'],
    make: ({ secret }) => secret('pkcs11_pin', 'canary\n\n'),
    says: /the secret file pkcs11_pin has an empty line/,
  },
  {
    reason: 'configuration',
    name: 'an empty secret file',
    make: ({ secret }) => secret('db_password', '\n'),
    says: /the secret file db_password is empty/,
  },
  {
    reason: 'configuration',
    name: 'a brace too many behind a placeholder',
    make: ({ set }) => set('database.password', '${db_password}}'),
    says: /ankasecure\.database\.password has a closing brace too many/,
  },
  {
    reason: 'configuration',
    name: 'an nkey seed with a wrong character',
    make: ({ secret }) => secret('nats_seed', 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTD4'),
    says: /ankasecure\.nats\.nkey-seed: must be a user nkey seed/,
  },
  {
    reason: 'configuration',
    name: 'a bus with the scheme of another protocol',
    make: ({ set }) => set('nats.servers', ['http://127.0.0.1:4222']),
    says: /ankasecure\.nats\.servers\.0: must be tls:\/\/ or nats:\/\/ and a host/,
  },
  {
    reason: 'configuration',
    name: 'a bus with a login',
    make: ({ set }) => set('nats.servers', ['tls://user:canary@127.0.0.1:4222']),
    says: /ankasecure\.nats\.servers\.0: must be tls:\/\/ or nats:\/\/ and a host/,
  },
  {
    reason: 'configuration',
    name: 'a URL for the host of the database',
    make: ({ set }) => set('database.host', 'postgres://127.0.0.1'),
    says: /ankasecure\.database\.host: must be a host name or an address, without a scheme/,
  },
  {
    reason: 'configuration',
    name: 'a key set at another scheme',
    services: ['gateway'],
    make: ({ set }) => {
      set('identity.issuers.0.jwks-file', undefined);
      set('identity.issuers.0.jwks-url', 'ftp://login.test/keys');
    },
    says: /ankasecure\.identity\.issuers\.0\.jwks-url: must be an https URL/,
  },
  {
    reason: 'configuration',
    name: 'a PIN with a control character',
    services: ['crypto-worker'],
    make: ({ secret }) => secret('pkcs11_pin', 'canary\tx'),
    says: /ankasecure\.hsm\.pkcs11\.pin: must not contain a control character/,
  },
  {
    reason: 'configuration',
    name: 'a PIN that is too long for a PIN',
    services: ['crypto-worker'],
    make: ({ secret }) => secret('pkcs11_pin', 'canary'.repeat(43)),
    says: /ankasecure\.hsm\.pkcs11\.pin: must not be longer than 255 bytes/,
  },
  {
    reason: 'configuration',
    name: 'a PIN that is too short for the token',
    services: ['crypto-worker'],
    make: ({ secret }) => secret('pkcs11_pin', 'abc'),
    says: /the HSM of the partition default: the PIN is shorter than 4 bytes, .* so it was not tried/,
  },
  {
    reason: 'configuration',
    name: 'a proxy that is no network',
    services: ['gateway'],
    make: ({ set }) => set('http.client-address', { 'trusted-proxies': ['proxy.local'] }),
    says: /trusted-proxies\S* must be an IPv4 or IPv6 network/,
  },
  {
    reason: 'port',
    name: 'a host that does not resolve',
    make: ({ set }) => set('observability.host', 'web.invalid'),
    says: /observability\.host is a name without an address/,
  },
  {
    reason: 'file',
    name: 'a missing CA of the bus',
    make: ({ set }) => set('nats.ca-file', nowhere),
    says: /the file \/nowhere\/at\/all cannot be read \(ENOENT\)/,
  },
  {
    reason: 'file',
    name: 'a CA of the bus that is no certificate',
    make: ({ set, file }) => set('nats.ca-file', file('rubbish.pem', 'rubbish')),
    says: /rubbish\.pem: there is no PEM certificate in it/,
  },
  {
    reason: 'file',
    name: 'a missing CA of the database',
    make: ({ set }) => set('database.ca-file', nowhere),
    says: /the file \/nowhere\/at\/all cannot be read \(ENOENT\)/,
  },
  {
    reason: 'file',
    name: 'a missing certificate',
    services: ['gateway'],
    make: ({ set }) => set('http.tls', { 'cert-file': nowhere, 'key-file': nowhere }),
    says: /the file \/nowhere\/at\/all cannot be read \(ENOENT\)/,
  },
  {
    reason: 'file',
    name: 'a JWK Set that is none',
    services: ['gateway'],
    make: ({ set, file }) => set('identity.issuers.0.jwks-file', file('jwks.json', '{}')),
    says: /jwks\.json: it holds no JWK Set/,
  },
  {
    reason: 'bus',
    name: 'no bus',
    make: async ({ set }) => set('nats.servers', [`tls://127.0.0.1:${await freePort()}`]),
    says: /the message bus tls:\/\/127\.0\.0\.1:\d+ cannot be used: connection refused/,
  },
  {
    reason: 'bus',
    name: 'another CA of the bus',
    make: ({ set, directory }) => set('nats.ca-file', join(directory, 'other-ca.pem')),
    says: /the certificate of the message bus \S+ is not of the CA in \S+other-ca\.pem \(nats\.ca-file\)/,
  },
  {
    reason: 'bus',
    name: 'an nkey that nobody knows',
    make: ({ secret }) => secret('nats_seed', 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4'),
    says: /the message bus \S+ cannot be used: .*[Aa]uthorization/,
  },
  {
    reason: 'database',
    name: 'no database',
    make: async ({ set }) => set('database.port', await freePort()),
    says: /the database ankadb_\w+ at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/,
  },
  {
    reason: 'database',
    name: 'a refused password',
    make: ({ secret }) => secret('db_password', 'canary'),
    says: /cannot be used: password authentication failed.*check database\.user and database\.password$/m,
  },
  {
    reason: 'database',
    name: 'an unknown role',
    make: ({ set }) => set('database.user', 'nobody'),
    says: /cannot be used: .*check database\.user and database\.password$/m,
  },
  {
    reason: 'database',
    name: 'an unknown database',
    make: ({ set }) => set('database.name', 'ankadb_nowhere'),
    says: /the database ankadb_nowhere at \S+ cannot be used: .*check database\.name$/m,
  },
  {
    reason: 'database',
    name: 'the database of another service',
    make: ({ set, foreign }) => set('database.name', foreign().database),
    says: /cannot be used: permission denied .*check database\.name and database\.user, which/,
  },
  {
    reason: 'database',
    name: 'the role of another service',
    make: ({ set, secret, foreign }) => {
      const { user, password } = foreign();
      set('database.user', user);
      secret('db_password', password);
    },
    says: /cannot be used: permission denied .*check database\.name and database\.user, which/,
  },
  {
    reason: 'database',
    name: 'the database and the role of another service',
    make: ({ set, secret, foreign }) => {
      const { database, user, password } = foreign();
      set('database.name', database);
      set('database.user', user);
      secret('db_password', password);
    },
    says: /is not that of this service, or its migration has not run: it has no table \w+: check database\.name/,
  },
  {
    reason: 'database',
    name: 'a host of the database that does not exist',
    make: ({ set }) => set('database.host', 'postgres.invalid'),
    says: /the database \S+ at postgres\.invalid:\d+ cannot be used: .*check database\.host$/m,
  },
  {
    reason: 'database',
    name: 'a port of the database where nobody speaks its protocol',
    make: async ({ set, takenPort }) => set('database.port', await takenPort()),
    says: /cannot be used: .*check database\.host and database\.port/,
  },
  {
    reason: 'database',
    name: 'an encrypted connection to a server that has none',
    make: ({ set, directory }) => set('database.ca-file', join(directory, 'other-ca.pem')),
    says: /cannot be used: The server does not support SSL connections/,
  },
  {
    reason: 'port',
    name: 'a taken port of health and metrics',
    make: async ({ set, takenPort }) => set('observability.port', await takenPort()),
    says: /port \d+ \(observability\.port\) is taken by another process/,
  },
  {
    reason: 'port',
    name: 'a taken port of the API',
    services: ['gateway'],
    make: async ({ set, takenPort }) => set('http.port', await takenPort()),
    says: /port \d+ \(http\.port\) is taken by another process/,
  },
  {
    reason: 'hsm',
    name: 'a missing library',
    make: ({ set }) => set('hsm.pkcs11.library-path', nowhere),
    says: /the HSM of the partition default cannot be opened with \/nowhere\/at\/all: ENOENT/,
  },
  {
    reason: 'hsm',
    name: 'a library that is none',
    make: ({ set, file }) => set('hsm.pkcs11.library-path', file('library.so', 'rubbish')),
    says: /the HSM of the partition default cannot be opened with \S+library\.so: /,
  },
  {
    reason: 'hsm',
    name: 'an unknown profile',
    make: ({ set }) => set('hsm.pkcs11.profile', 'lunna'),
    says: /no vendor profile is named lunna; the profiles are /,
  },
  {
    reason: 'pin',
    name: 'a refused PIN',
    make: ({ secret }) => secret('pkcs11_pin', 'canary-pin'),
    says: /the HSM of the partition default refused the PIN \(CKR_PIN_INCORRECT.*\)\. It is not tried again: correct hsm\.pkcs11\.pin, which is read from the secret file \/\S+\/secrets\/pkcs11_pin, .*no quotation mark at an end/,
  },
  {
    reason: 'pin',
    name: 'a PIN with the quotation marks of a shell',
    make: ({ secret }) => secret('pkcs11_pin', "'canary-pin'\n"),
    says: /refused the PIN .*the PIN begins or ends with a quotation mark, which is part of it/,
  },
  {
    reason: 'pin',
    name: 'a PIN with an invisible character, in the configuration itself',
    make: ({ set }) => set('hsm.pkcs11.pin', 'canary\u200b-pin'),
    says: /refused the PIN .*read from the file \/\S+\/ankasecure\.yaml, .*a character that no editor shows/,
  },
  {
    reason: 'pin',
    name: 'a PIN that was refused before',
    make: ({ secret }) => secret('pkcs11_pin', 'canary-pin'),
    says: /refused this PIN at [-0-9: ]+ UTC, so it was not tried again: correct hsm\.pkcs11\.pin, which is read from the secret file/,
  },
];
