import { change } from '../../context/change.js';
import { type CommandRow, given, type OptionValues, text, texts } from '../../context/command-row.js';
import { CliError } from '../../terminal/cli-error.js';
import { writeData } from '../../terminal/data.js';
import { outOption } from '../encrypt.js';

/** `C=ES` as a relative name. A value can have further signs of equality. */
const relativeName = (attribute: string): Readonly<Record<string, string>> => {
  const at = attribute.indexOf('=');
  if (at > 0) return { [attribute.slice(0, at)]: attribute.slice(at + 1) };
  throw new CliError('usage', '--subject takes an attribute and its value, such as CN=pay.example.com.');
};

const several = <Value>(values: readonly Value[]): readonly Value[] | undefined =>
  values.length === 0 ? undefined : values;

const namesOf = (options: OptionValues) => {
  const kinds = ['dns', 'ip', 'email', 'uri'].map((kind) => [kind, several(texts(options, kind))] as const);
  const subjectAltNames = given(Object.fromEntries(kinds));
  return given({
    subject: several(texts(options, 'subject').map(relativeName)),
    subjectAltNames: Object.keys(subjectAltNames).length === 0 ? undefined : subjectAltNames,
  });
};

export const makeCsr: CommandRow = {
  name: 'csr <key>',
  summary: 'Make a certification request (PKCS#10) that the key signs in the HSM',
  example: 'ankasecure key csr pay --subject C=ES --subject CN=pay.example.com --dns pay.example.com --out pay.csr',
  dryRun: true,
  options: [
    {
      flags: '--subject <name=value>',
      about: 'An attribute of the subject, such as CN=…; several in their order',
      many: true,
    },
    { flags: '--dns <name>', about: 'A host name that the certificate is to have', many: true },
    { flags: '--ip <address>', about: 'An IP address that the certificate is to have', many: true },
    { flags: '--email <mailbox>', about: 'A mailbox that the certificate is to have', many: true },
    { flags: '--uri <uri>', about: 'A URI that the certificate is to have', many: true },
    { flags: '--alg <name>', about: 'The algorithm (default: the first of the key)' },
    outOption,
  ],
  run: async (context, [id = ''], options) => {
    const body = { ...namesOf(options), ...given({ alg: text(options, 'alg') }) };
    const made = await change(context, 'requestCertificate', { path: { id }, body });
    if (context.dryRun || context.format !== 'table') return made;
    await writeData(context.terminal, (made.value as { pem: string }).pem, text(options, 'out'));
    return undefined;
  },
};
