import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Health, type Logger, WatchedFiles, watchAuthority, watchKeyPair } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listeningLogger } from '../token/partition.js';
import { makeIdentity, type TlsIdentity } from './identity.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-files-'));
const at = (name: string): string => join(directory, name);

let [one, other]: TlsIdentity[] = [];
beforeAll(async () => {
  [one, other] = [await makeIdentity({ days: 1 }), await makeIdentity({ days: 9 })];
});
afterAll(() => rmSync(directory, { recursive: true }));

const certOf = (identity: TlsIdentity | undefined): string => identity?.cert ?? '';
const keyOf = (identity: TlsIdentity | undefined): string => identity?.key ?? '';

describe('watched files', () => {
  let registry: Health['registry'];
  let logger: ReturnType<typeof listeningLogger>;
  let files: WatchedFiles;
  beforeEach(() => {
    registry = new Health('audit').registry;
    logger = listeningLogger();
    files = new WatchedFiles(logger as unknown as Logger, registry);
  });

  const valueOf = async (metric: string, file: string): Promise<number | undefined> =>
    (await registry.getSingleMetric(metric)?.get())?.values.find(({ labels }) => labels['file'] === file)?.value;
  const daysLeft = async (file: string): Promise<number> =>
    Math.round(
      (Number(await valueOf('ankasecure_certificate_expiry_timestamp_seconds', file)) - Date.now() / 1000) / 86_400,
    );
  const alarms = (): object[] => logger.lines.map(({ fields }) => fields).filter((fields) => 'alarm' in fields);

  it('are used again when they change, and their end is a metric', async () => {
    const name = at('changing.pem');
    writeFileSync(name, certOf(one));
    const authority = watchAuthority(files, name);
    expect([authority.ca, await daysLeft(name)]).toEqual([certOf(one), 1]);
    writeFileSync(name, certOf(other));
    expect(authority.ca).toBe(certOf(one));
    files.look();
    expect([authority.ca, await daysLeft(name)]).toEqual([certOf(other), 9]);
    writeFileSync(name, certOf(one) + certOf(other));
    files.look();
    expect(await daysLeft(name)).toBe(1);
    expect(alarms()).toEqual([]);
  });

  it('are found again after a swap of links, as Kubernetes mounts change', () => {
    for (const [version, identity] of [['..1', one] as const, ['..2', other] as const]) {
      mkdirSync(at(version));
      writeFileSync(join(at(version), 'ca.pem'), certOf(identity));
    }
    symlinkSync('..1', at('..data'));
    symlinkSync(join('..data', 'ca.pem'), at('ca.pem'));
    const authority = watchAuthority(files, at('ca.pem'));
    symlinkSync('..2', at('..data_tmp'));
    renameSync(at('..data_tmp'), at('..data'));
    files.look();
    expect(authority.ca).toBe(certOf(other));
  });

  it.each([
    ['empty', ''],
    ['not PEM', 'rubbish'],
    ['cut off', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
    ['missing', undefined],
  ])('that are %s keep the last good ones in use, with one alarm', async (how, content) => {
    const name = at(`${how}.pem`);
    writeFileSync(name, certOf(one));
    const authority = watchAuthority(files, name);
    if (content === undefined) rmSync(name);
    else writeFileSync(name, content);
    files.look();
    files.look();
    expect(authority.ca).toBe(certOf(one));
    expect(alarms()).toMatchObject([{ alarm: 'file-refused', file: name }]);
    expect(await valueOf('ankasecure_file_refused', name)).toBe(1);
    writeFileSync(name, certOf(one));
    files.look();
    expect(await valueOf('ankasecure_file_refused', name)).toBe(0);
    writeFileSync(name, certOf(other));
    files.look();
    expect(authority.ca).toBe(certOf(other));
  });

  it('that do not belong together keep the last pair in use until both have changed', () => {
    const pair = { certFile: at('server.pem'), keyFile: at('server-key.pem') };
    writeFileSync(pair.certFile, certOf(one));
    writeFileSync(pair.keyFile, keyOf(one));
    const changed: string[] = [];
    watchKeyPair(files, pair, ({ cert }) => changed.push(cert.toString()));
    writeFileSync(pair.certFile, certOf(other));
    files.look();
    expect([changed, alarms().length]).toEqual([[], 1]);
    writeFileSync(pair.keyFile, keyOf(other));
    files.look();
    expect(changed).toEqual([certOf(other)]);
  });

  it.each([
    ['missing', undefined, /missing\.at-start\.pem cannot be read \(ENOENT\)/],
    ['empty', '', /empty\.at-start\.pem: there is no PEM certificate in it/],
  ])('that are %s at the start stop it', (how, content, message) => {
    const name = at(`${how}.at-start.pem`);
    if (content !== undefined) writeFileSync(name, content);
    expect(() => watchAuthority(files, name)).toThrow(message);
    expect(() => watchAuthority(files, name)).toThrow(expect.objectContaining({ reason: 'file' }) as Error);
  });

  it('are looked at on SIGHUP and every five seconds, until they are left', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const name = at('regular.pem');
    writeFileSync(name, certOf(one));
    const authority = watchAuthority(files.start(), name);
    try {
      writeFileSync(name, certOf(other));
      process.emit('SIGHUP');
      expect(authority.ca).toBe(certOf(other));
      writeFileSync(name, certOf(one));
      vi.advanceTimersByTime(5_000);
      expect(authority.ca).toBe(certOf(one));
      files.stop();
      expect(process.listenerCount('SIGHUP')).toBe(0);
      writeFileSync(name, certOf(other));
      vi.advanceTimersByTime(60_000);
      expect(authority.ca).toBe(certOf(one));
    } finally {
      files.stop();
      vi.useRealTimers();
    }
  });
});
