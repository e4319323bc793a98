import { change } from '../../context/change.js';
import { type CommandRow, given, type OptionValues, text } from '../../context/command-row.js';
import { readText, writeData } from '../../terminal/data.js';
import { outOption } from '../encrypt.js';

const versionOption = { flags: '--key-version <n>', about: 'The version (default: the current one)' } as const;

const versionOf = (options: OptionValues) => {
  const version = text(options, 'keyVersion');
  return given({ version: version === undefined ? undefined : Number(version) });
};

const columns = ['keyId', 'version', 'subject', 'issuer', 'notAfter'] as const;

export const showCertificate: CommandRow = {
  name: 'certificate <key>',
  summary: 'Print the certificate chain of a key in PEM, or with -o json all that is known of it',
  example: 'ankasecure key certificate pay > pay.pem',
  options: [versionOption, outOption],
  run: async (context, [id = ''], options) => {
    const found = await (await context.client()).call('getCertificate', { path: { id }, query: versionOf(options) });
    if (context.format !== 'table') return { value: found };
    await writeData(context.terminal, found.pem, text(options, 'out'));
    return undefined;
  },
};

export const setCertificate: CommandRow = {
  name: 'set-certificate <key> [file]',
  summary: 'Set the certificate chain of a key from a file or standard input in PEM',
  example: 'ankasecure key set-certificate pay pay-chain.pem',
  dryRun: true,
  options: [versionOption],
  run: async (context, [id = '', file], options) => {
    const body = { pem: await readText(context.terminal, file), ...versionOf(options) };
    const made = await change(context, 'putCertificate', { path: { id }, body });
    return context.dryRun ? made : { ...made, columns };
  },
};

export const removeCertificate: CommandRow = {
  name: 'remove-certificate <key>',
  summary: 'Remove the certificate chain of a key',
  example: 'ankasecure key remove-certificate pay',
  dryRun: true,
  options: [versionOption],
  run: async (context, [id = ''], options) => {
    const removed = await change(context, 'deleteCertificate', { path: { id }, query: versionOf(options) });
    return context.dryRun ? removed : { ...removed, columns };
  },
};
