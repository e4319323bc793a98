import type { HttpRequest } from './http-sender.js';

const form = 'application/x-www-form-urlencoded';
/** The fields of a request for a token that prove who asks (RFC 6749 §2.3.1, RFC 7521 §4.2). */
const proofs = ['client_secret', 'client_assertion'];

/** The credentials of a request: the value of its Authorization header, the parts of that value, and the proofs in a form. */
const credentialsOf = ({ headers, body }: HttpRequest): readonly string[] => {
  const login = headers['authorization'] ?? '';
  const proof = login.slice(login.indexOf(' ') + 1).trim();
  const pair = /^basic /i.test(login) ? Buffer.from(proof, 'base64').toString() : '';
  const fields = headers['content-type'] === form ? new URLSearchParams(body.toString()) : new URLSearchParams();
  const found = [
    login,
    proof,
    pair,
    pair.slice(pair.indexOf(':') + 1),
    ...proofs.map((name) => fields.get(name) ?? ''),
  ];
  return found.filter((text) => text !== '');
};

/** A text as it may come back: as it is, within JSON, within a form, within HTML. */
const formsOf = (text: string): readonly string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  new URLSearchParams({ text }).toString().slice('text='.length),
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
];

/**
 * Takes the credentials of a request out of words of its receiver: a receiver, or a proxy before it, may repeat what it was sent.
 * @returns words that may be kept and shown, without runs of white space
 */
export const hiding = (request: HttpRequest): ((words: string) => string) => {
  const hidden = [...new Set(credentialsOf(request).flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  return (words) => {
    const left = hidden.reduce((text, credential) => text.replaceAll(credential, '***'), words);
    return left.replaceAll(/\s+/g, ' ').trim();
  };
};
