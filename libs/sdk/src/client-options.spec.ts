import { describe, expect, it } from 'vitest';
import { settingsOf } from './client-options.js';

describe('the base URL', () => {
  it.each([
    ['https://anka.example.com', 'https://anka.example.com/api/v1'],
    ['https://anka.example.com:8443/keys/', 'https://anka.example.com:8443/keys/api/v1'],
    ['https://anka.example.com/api/v1/', 'https://anka.example.com/api/v1'],
    ['http://localhost:3000', 'http://localhost:3000/api/v1'],
    ['http://anka.localhost', 'http://anka.localhost/api/v1'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/api/v1'],
    ['http://127.1', 'http://127.0.0.1/api/v1'],
    ['http://[::1]:3000', 'http://[::1]:3000/api/v1'],
  ])('may be %s', (baseUrl, apiUrl) => {
    expect(settingsOf({ baseUrl }).apiUrl).toBe(apiUrl);
  });

  it.each([
    'http://anka.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://notlocalhost',
    'http://10.0.0.1',
    'http://[::2]',
    'ftp://localhost',
    'file:///etc/passwd',
    'https://user@anka.example.com',
    'https://:secret@anka.example.com',
    'https://anka.example.com?token=secret',
    'https://anka.example.com#secret',
    'anka.example.com',
    '',
  ])('may not be %s', (baseUrl) => {
    expect(() => settingsOf({ baseUrl })).toThrow(TypeError);
    expect(() => settingsOf({ baseUrl })).not.toThrow(/secret/);
  });

  it('may be http elsewhere, if that is allowed', () => {
    expect(settingsOf({ baseUrl: 'http://gateway:3000', allowHttp: true }).apiUrl).toBe('http://gateway:3000/api/v1');
    expect(() => settingsOf({ baseUrl: 'ftp://gateway', allowHttp: true })).toThrow(TypeError);
  });
});
