import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { parseConfig } from './load-config.js';
import { environmentThenSecrets } from './placeholder.js';
import { integer } from './section.js';

const schema = z.strictObject({
  hsm: z.strictObject({
    pkcs11: z.strictObject({
      libraryPath: z.string(),
      slotIndex: integer(0, 99),
      pin: z.string(),
      sessionPoolSize: integer(1, 9),
    }),
  }),
});
const documented = `
ankasecure:
  hsm:
    pkcs11:
      library-path: \${PKCS11_LIBRARY_PATH:/usr/lib/softhsm/libsofthsm2.so}
      slot-index: \${PKCS11_SLOT_INDEX:0}
      pin: \${pkcs11_pin}
      session-pool-size: 4
`;

describe('configuration', () => {
  let secrets: string;
  const load = (text: string, environment: NodeJS.ProcessEnv = {}) =>
    parseConfig(text, schema, environmentThenSecrets(environment, secrets));

  beforeEach(() => {
    secrets = mkdtempSync(join(tmpdir(), 'anka-secrets-'));
  });
  afterEach(() => rmSync(secrets, { recursive: true }));

  it('takes a placeholder from the environment, then from a secret file, then its default', () => {
    writeFileSync(join(secrets, 'pkcs11_pin'), '0042\n');
    expect(load(documented).hsm.pkcs11).toEqual({
      libraryPath: '/usr/lib/softhsm/libsofthsm2.so',
      slotIndex: 0,
      pin: '0042',
      sessionPoolSize: 4,
    });
    expect(load(documented, { PKCS11_SLOT_INDEX: '7', pkcs11_pin: 'env' }).hsm.pkcs11).toMatchObject({
      slotIndex: 7,
      pin: 'env',
    });
  });

  it('names a placeholder without a value', () => {
    expect(() => load(documented)).toThrow(/\$\{pkcs11_pin\} has no value/);
  });

  /** What `load` says when it refuses a document whose PIN is `pin`. */
  const refusedPin = (pin: string, environment: NodeJS.ProcessEnv = {}): unknown => {
    try {
      return load(
        documented.replace('${pkcs11_pin}', () => JSON.stringify(pin)),
        environment,
      );
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each([
    ['nested', '${canary:${other}}'],
    ['a variable in the default', '${canary:$other}'],
    ['a shell’s default', '${canary:-1234}'],
    ['a shell’s assignment', '${canary:=1234}'],
    ['a shell’s question', '${canary:?missing}'],
    ['a shell’s alternative', '${canary:+1234}'],
    ['a source', '${env:canary}'],
    ['a source in capitals', '${ENV:canary}'],
    ['a file', '${file:/run/canary}'],
    ['a vault', '${vault:canary}'],
    ['a blank before the name', '${ canary}'],
    ['a blank after the name', '${canary }'],
    ['a blank inside the name', '${canary name}'],
    ['a blank before the default', '${canary: 1234}'],
    ['a blank after the default', '${canary:1234 }'],
    ['a line break', '${canary\n}'],
    ['a name that begins with a digit', '${1canary}'],
    ['no name', '${}'],
    ['a default without a name', '${:canary}'],
    ['no end', '${canary'],
    ['no end after a good one', '${pkcs11_pin}${canary'],
    ['braces in the default', '${canary:{a}}'],
    ['a shell’s variable', '$canary'],
    ['a shell’s command', '$(canary)'],
    ...[
      '{{canary}}',
      '{{ .Values.canary }}',
      '#{canary}',
      '#{ENV["canary"]}',
      '%{canary}',
      '@{canary}',
      '%canary%',
    ].map((text) => [`a template’s ${text}`, text]),
    ...[
      'op://vault/canary/pin',
      'ref+vault://secret/canary#/pin',
      'vault:secret/data/canary#pin',
      'bao:canary/pin',
      'file:/run/secrets/canary',
      'file:///run/secrets/canary',
      'env:canary',
      'arn:aws:secretsmanager:eu-west-1:1:secret:canary',
      'projects/p/secrets/canary/versions/latest',
      '@Microsoft.KeyVault(SecretUri=https://canary)',
      'ENC(canary=)',
      'akv://canary/pin',
      'awssm://canary',
      'gcp:///canary',
      'env://canary',
      'keyvault:canary',
      'sops:canary',
      '%env(canary)%',
      '((canary))',
      '@@canary@@',
      '__canary__',
      '<canary>',
      '<your canary>',
    ].map((text) => [`a reference of another tool, ${text}`, text]),
    ...['CHANGEME', 'change-me', 'REPLACE_ME', 'changeMe'].map((text) => [`the stand-in ${text}`, text]),
    ...['@canary.1234@', '<%= canary %>', ' {{canary}} ', '{{canary}}{{canary}}'].map((text) => [`also ${text}`, text]),
    ['a brace too many', '${canary}}'],
    ['a brace too many before it', '}${canary}'],
    ['a brace too many after a written one', '$${a}}${canary}'],
  ])('refuses %s, with the key and without the text', (_, pin) => {
    const environment = { canary: '1234', pkcs11_pin: '1234' };
    expect(refusedPin(pin, environment)).toMatch(/^configuration: ankasecure\.hsm\.pkcs11\.pin [^\n]*The forms are/);
    expect(refusedPin(pin, environment)).not.toMatch(/canary|1234/);
  });

  it.each([
    ['$${', '${'],
    ['$${canary}', '${canary}'],
    ['a$${b}${pkcs11_pin}', 'a${b}1234'],
    ['1$2', '1$2'],
    ['pa$word', 'pa$word'],
    ['${canary:}x', 'x'],
    ['${canary:a:b/c d}', 'a:b/c d'],
    ['${pkcs11_pin}-${pkcs11_pin}', '1234-1234'],
    ['{${pkcs11_pin}}', '{1234}'],
    ['a}b', 'a}b'],
    ...['{a}', '100%', '50%off%', 'a@b.c', '@', '@@', '%%', '<a>', '#1', '{"a":1}', 'x{{y}}'].map((text) => [
      text,
      text,
    ]),
  ])('reads %j as %j', (pin, value) => {
    expect(refusedPin(pin, { pkcs11_pin: '1234' })).toMatchObject({ hsm: { pkcs11: { pin: value } } });
  });

  it('replaces nothing inside a value', () => {
    expect(load(documented, { pkcs11_pin: '${x:$y}' }).hsm.pkcs11.pin).toBe('${x:$y}');
  });

  it.each([
    ['0042', '0042'],
    ['0042\n', '0042'],
    ['0042\r\n', '0042'],
    [' 0042 ', ' 0042 '],
    ['pä$${x}', 'pä$${x}'],
  ])('takes the secret file %j as %j', (content, value) => {
    writeFileSync(join(secrets, 'pkcs11_pin'), content);
    expect(load(documented).hsm.pkcs11.pin).toBe(value);
  });

  it.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['canary'.repeat(11_000), 'is longer than 65536 bytes'],
    ['canary\n\n', 'has an empty line'],
    ['canary\r\n\r\n', 'has an empty line'],
    ['\ncanary', 'has an empty line'],
    ['canary\nsecond', 'has more than one line'],
    ['canary\nsecond\n', 'has more than one line'],
    ['canary\rsecond', 'has more than one line'],
    ['\uFEFFcanary\n', 'begins with a byte order mark'],
    ['can\0ary', 'contains a NUL byte'],
    [Buffer.from([0x63, 0xff, 0x0a]), 'is not UTF-8 text'],
    [Buffer.from('\uFEFFcanary', 'utf16le'), 'is not UTF-8 text'],
  ])('refuses the secret file %j by its name: it %s', (content, what) => {
    writeFileSync(join(secrets, 'pkcs11_pin'), content);
    expect(() => load(documented)).toThrow(`configuration: the secret file pkcs11_pin ${what}`);
    expect(() => load(documented)).not.toThrow(/canary|second/);
  });

  it('refuses a secret that is a directory', () => {
    mkdirSync(join(secrets, 'pkcs11_pin'));
    expect(() => load(documented)).toThrow('configuration: the secret file pkcs11_pin is not a regular file');
  });

  it('refuses a secret that is a pipe, and does not wait for a writer', () => {
    execFileSync('mkfifo', [join(secrets, 'pkcs11_pin')]);
    expect(() => load(documented)).toThrow('configuration: the secret file pkcs11_pin is not a regular file');
  });

  it('names the key and the expected type, and never a value', () => {
    const thrown = (text: string, environment: NodeJS.ProcessEnv): string => {
      try {
        load(text, environment);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const message = thrown(`${documented}      sesion-timeout: 3\n`, {
      pkcs11_pin: 'canary-pin',
      PKCS11_SLOT_INDEX: 'canary-slot',
    });
    expect(message).toContain('ankasecure.hsm.pkcs11.slot-index: number expected');
    expect(message).toContain('unknown key sesion-timeout');
    expect(message).not.toContain('canary');
  });

  it.each([
    ['hsm: {pin: canary', 'BAD_INDENT at line 1, column 18'],
    ['hsm:\n  pin: "canary\n', 'MISSING_CHAR at line 3, column 1'],
    ['hsm:\n  pin: @canary', 'BAD_SCALAR_START at line 2, column 8'],
    ['hsm:\n  pin: canary: 3', 'BLOCK_AS_IMPLICIT_KEY at line 2, column 8'],
    ['hsm:\n  pin: *canary', 'an alias cannot be resolved'],
  ])('reports for %j where it stops being YAML, and never its contents', (text, message) => {
    let thrown: unknown;
    try {
      load(text);
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error).message).toBe(`configuration: the file is not readable YAML: ${message}`);
    expect(inspect(thrown, { depth: 9 })).not.toContain('canary');
  });

  it('prints no warning about its contents either', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(() => load('ankasecure: !canary {}\n')).toThrow(/^configuration is not valid/);
    expect(() => load('? [canary]\n: 1\n')).toThrow(/^configuration/);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('keeps a secret a string: it cannot change the document', () => {
    const pin = 'x\n  other: {a: 1}';
    expect(load(documented, { pkcs11_pin: pin }).hsm.pkcs11.pin).toBe(pin);
  });

  it.each(['', 'other: 1', 'ankasecure: {hsm: []}', 'ankasecure: {hsm: {}, more: 1}'])('refuses %j', (text) => {
    expect(() => load(text)).toThrow(/configuration/);
  });
});
