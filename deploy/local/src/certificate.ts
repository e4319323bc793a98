import { join } from 'node:path';
import { commandPath, runCommand } from './command.js';

export interface Certificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const days = '397';
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];

/**
 * Creates a private CA and a certificate for one server, as PEM files in `directory`. Existing files are replaced.
 * @param names the server's names, in openssl's syntax of a subjectAltName
 */
export const makeCertificates = async (
  directory: string,
  names = 'IP:127.0.0.1,DNS:localhost',
): Promise<Certificates> => {
  const openssl = commandPath('openssl', 'openssl');
  const file = (name: string): string => join(directory, name);
  const [caFile, caKeyFile] = [file('ca.pem'), file('ca-key.pem')];
  const [certificateFile, keyFile] = [file('server.pem'), file('server-key.pem')];
  const request = (subject: string, extensions: readonly string[]): string[] => [
    'req',
    '-x509',
    '-batch',
    ...key,
    '-days',
    days,
    '-subj',
    `/O=AnkaSecure/CN=${subject}`,
    ...extensions.flatMap((extension) => ['-addext', extension]),
  ];
  const usage = ['keyUsage=critical,keyCertSign'];
  await runCommand(openssl, [...request('local development CA', usage), '-keyout', caKeyFile, '-out', caFile]);
  const server = [`subjectAltName=${names}`, 'basicConstraints=critical,CA:false', 'extendedKeyUsage=serverAuth'];
  const signed = ['-CA', caFile, '-CAkey', caKeyFile, '-keyout', keyFile, '-out', certificateFile];
  await runCommand(openssl, [...request('nats-server', server), ...signed]);
  return { caFile, certificateFile, keyFile };
};
