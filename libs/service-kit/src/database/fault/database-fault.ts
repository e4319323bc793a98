import type { DatabaseConfig } from '../../config/section.js';
import { sentenceOf } from '../../failure/sentence.js';
import { StartFailure } from '../../start/exit-code.js';

/** A login's keys in the section `database`: those of the service, or of its migration's owner. */
export type LoginKeys = 'database' | 'database.owner';

/** The database answers, and holds no tables of the service. */
export class NoTables extends Error {
  override readonly name = 'NoTables';
}

interface Advice {
  /** SQLSTATEs and errno codes, in full. */
  readonly codes?: readonly string[];
  /** Messages of pg that carry no code. */
  readonly says?: RegExp;
  /** What completes "check …". */
  readonly check: (login: LoginKeys) => string;
}

const place = 'database.host and database.port, and that PostgreSQL runs there';

/** What to look at, by what the server or the connection says. The first row that fits counts. */
const advice: readonly Advice[] = [
  { codes: ['28P01', '28000'], check: (login) => `${login}.user and ${login}.password` },
  { codes: ['3D000'], check: () => 'database.name' },
  { codes: ['42501'], check: (login) => `database.name and ${login}.user, which must be those of this service` },
  { codes: ['53300'], check: () => 'database.pool-size, and max_connections of the server' },
  { codes: ['57P03'], check: () => 'that PostgreSQL has started' },
  { codes: ['ENOTFOUND', 'EAI_AGAIN'], check: () => 'database.host' },
  { codes: ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'], check: () => place },
  {
    says: /certificate|altname|\bSSL\b|\bTLS\b/i,
    check: () => 'database.ca-file and database.host, and that the server encrypts connections',
  },
  { says: /authentication|password|SASL|SCRAM/i, check: (login) => `${login}.user and ${login}.password` },
  { says: /timeout|terminated|ended|unexpected|received invalid|message code/i, check: () => place },
];

const checkFor = (error: unknown, login: LoginKeys): string => {
  const { code = '' } = Object(error) as { code?: unknown };
  const attempts = error instanceof AggregateError ? (error.errors as readonly { code?: unknown }[]) : [];
  const codes = [code, ...attempts.map((attempt) => attempt.code)];
  const sentence = sentenceOf(error);
  const row = advice.find((one) => one.codes?.some((known) => codes.includes(known)) ?? one.says?.test(sentence));
  return row?.check(login) ?? 'the section database';
};

/** Why a database cannot be used, in one sentence that names the settings to look at. It holds no password. */
export const databaseFailure = (
  { host, port, name }: DatabaseConfig,
  error: unknown,
  login: LoginKeys = 'database',
): StartFailure => {
  const says = sentenceOf(error).replaceAll(/\s+/g, ' ').replace(/\.$/, '');
  const sentence =
    error instanceof NoTables
      ? `the database ${name} at ${host}:${port} is not that of this service, or its migration has not run: ${says}: check database.name, database.host and database.port, or run the service’s migrate`
      : `the database ${name} at ${host}:${port} cannot be used: ${says}: check ${checkFor(error, login)}`;
  return new StartFailure('database', sentence, { cause: error });
};
